"""The study of `key_value_lookup`: every score and selection."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..datasets.key_value_pairs import Builder
from ..running.study import Study
from .key_value_lookup_beyond import beyond

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .key_value_lookup import KeyValueLookup


def rank(recipe: KeyValueLookup, run: Run) -> float:
    """The answer's cross-entropy, without what REINFORCE adds for its policy."""
    return min(of_answer(row, "loss") for row in run.history)


def of_answer(row: Mapping[str, float], metric: str) -> Any:
    """A validation metric of the answer, whatever else the model has for outputs."""
    return row.get(f"val_answer_{metric}", row.get(f"val_{metric}"))


def rows(recipe: KeyValueLookup, runs: list[Run]) -> Rows:
    """A row for each score, with the figures of all seeds."""
    by_score = itertools.groupby(runs, key=lambda run: run.recipe.score)
    return [_row(recipe, score, list(group)) for score, group in by_score]


def _row(recipe, score, runs):
    accuracy = f"accuracy_n_{recipe.distractors + 1}"
    seeds = ", ".join(str(run.recipe.seed) for run in runs)
    return {
        "score": score,
        f"accuracy, seeds {seeds}": ", ".join(f"{run.metrics[accuracy]:.3f}" for run in runs),
        "updates until 0.99 (validation)": ", ".join(
            str(_updates_until(0.99, run)) for run in runs
        ),
    }


def _updates_until(accuracy, run):
    for row in run.history:
        if of_answer(row, "accuracy") >= accuracy:
            return (row["epoch"] + 1) * run.recipe.steps_per_epoch
    return "never"


def text(recipe: KeyValueLookup, rows: Rows) -> str:
    return (
        f"Test accuracy with {recipe.distractors + 1} pairs, at the best epoch, by "
        f"validation, of {recipe.epochs * recipe.steps_per_epoch:,} updates."
    )


def lookup_study(scores: Iterable[str], selections: Iterable[str]) -> Study:
    """A part for each selection, with every score."""
    return Study(
        data=f"key_value_pairs {Builder.VERSION} (generated)",
        parts={
            selection: [
                {"selection": selection, "score": score, "seed": seed}
                for score in sorted(scores)
                for seed in range(3)
            ]
            for selection in selections
        },
        targets={"accuracy_n_8": ("≥", 0.99)},
        chosen_by="cross-entropy on the validation split",
        loss_label="cross-entropy; of REINFORCE, with its baseline's error",
        rank=rank,
        rows=rows,
        text=text,
        beyond=beyond,
    )
