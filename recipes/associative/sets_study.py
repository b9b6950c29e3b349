"""The study of set classifiers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from ..running.study import Study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Metrics, Rows
    from ..running.run import Run
    from .sets import SetRecipe


def is_pooling(recipe: SetRecipe) -> bool:
    """Of pooling alone, whose weights show at once what the label depends on."""
    return recipe.reading == "pooling"


def most_weight(recipe: SetRecipe, model: keras.Model) -> Metrics:
    """In how many sets that hold a relevant item the model attends to one most of all."""
    examples = recipe.examples("test")
    relevant = recipe.relevant(examples)
    if relevant is None:
        return {}
    most = np.argmax(recipe.item_weights(model, examples), axis=1)
    found = np.take_along_axis(relevant, most[:, None], axis=1)[:, 0]
    return {"most_weight_on_wanted_item": float(found[relevant.any(axis=1)].mean())}


def rows(recipe: SetRecipe, runs: list[Run]) -> Rows:
    """A run a row: its metrics, and what it had learned by the end of training."""
    rows = []
    for run in runs:
        best = run.history[-1]
        if recipe.monitor:
            best = min(run.history, key=lambda row: row[recipe.monitor])
        rows.append(
            {
                "seed": run.recipe.seed,
                **run.metrics,
                "accuracy (validation)": best["val_accuracy"],
                "epoch": f"{best['epoch'] + 1} of {len(run.history)}",
                "accuracy (training, last epoch)": run.history[-1]["accuracy"],
            }
        )
    return rows


set_study = functools.partial(
    Study,
    chosen_by="cross-entropy on the validation split",
    loss_label="cross-entropy",
    is_candidate=is_pooling,
    further_metrics=most_weight,
    rows=rows,
)
