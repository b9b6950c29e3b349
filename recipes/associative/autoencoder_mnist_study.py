"""What stands behind the model card of `autoencoder_mnist`: seeds, and fewer digits."""

from ..running.study import Study
from .digits import TRAINING
from .digits_beyond import completed


def hidden_errors(recipe, runs):
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
