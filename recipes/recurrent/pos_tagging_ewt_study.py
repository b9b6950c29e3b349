"""The study of `pos_tagging_ewt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..running.study import Study
from .slots_study import lowest_validation_error, rows
from .tagging_beyond import beyond

if TYPE_CHECKING:
    from ..running.argument_types import Metrics


def measured(
    true: list[list[str]], predicted: list[list[str]], is_known: list[list[bool]]
) -> Metrics:
    """The percentage of right tags, of all words, of known and of unknown ones."""
    right = np.concatenate([np.equal(a, b) for a, b in zip(true, predicted, strict=True)])
    known = np.concatenate(is_known)
    groups = {"": np.ones_like(known), "_known": known, "_unknown": ~known}
    return {
        f"accuracy{name}": 100.0 * float(right[group].mean())
        for name, group in groups.items()
        if group.any()
    }


def preset(recipe) -> str:
    parts = [recipe.encoder] if recipe.encoder != "bidirectional" else []
    parts += [] if recipe.letters else ["words"]
    return "_".join([recipe.name, *parts])


def targets(recipe):
    if recipe.path:
        return {}
    if recipe.encoder == "self_attention":
        return {"accuracy": ("≥", 94.8 if recipe.letters else 91.0)}
    return {"accuracy": ("≥", 95.0)} if recipe.letters else {}


SELF_ATTENTION = {"encoder": "self_attention", "window": 1, "dropout": 0.3}
STUDY = Study(
    half_precision=True,
    data=lambda recipe: recipe.path or "universal_dependencies/en_ewt 1.0.1",
    parts={
        "Both directions, with letters": [{"seed": 0}],
        "Self-attention, with letters": [SELF_ATTENTION],
        "Self-attention, of words alone": [{**SELF_ATTENTION, "letters": 0}],
    },
    tested=lambda recipe: (
        "the test split" if recipe.path else "25,096 words of the test split"
    ),
    targets=targets,
    chosen_by="the error of tags on the validation split",
    loss_label="cross-entropy in nats",
    preset=preset,
    rank=lowest_validation_error,
    beyond=beyond,
    rows=rows,
)
