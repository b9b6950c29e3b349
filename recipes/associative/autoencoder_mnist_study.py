"""The study of `autoencoder_mnist`: seeds, and fewer digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..running.study import Study
from .digits import TRAINING
from .digits_beyond import completed

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .autoencoder_mnist import AutoencoderMNIST


def hidden_errors(recipe: AutoencoderMNIST, runs: list[Run]) -> Rows:
    """Errors of the hidden points, of the best epoch by validation."""
    return [
        {
            "seed": run.recipe.seed,
            "loss (validation)": min(row["val_loss"] for row in run.history),
            **{
                name.replace("_", " "): value
                for name, value in run.metrics.items()
                if "hidden" in name
            },
        }
        for run in runs
    ]


STUDY = Study(
    data="mnist 3.0.1 (TFDS)",
    parts={
        "Three seeds": [{"seed": seed} for seed in range(3)],
        "10,000 digits, as many as the Hopfield network stores": [{"digits": 10_000}],
    },
    targets={"squared_error_hidden_unseen_to_nearest": ("≤", 1.0)},
    loss_label="mean squared error of a point",
    is_candidate=lambda recipe: recipe.digits == TRAINING,
    rows=hidden_errors,
    beyond=completed,
)
