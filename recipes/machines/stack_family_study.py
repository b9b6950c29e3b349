"""What the studies of stacks that predict the words of a language have in common."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from ..datasets.formal_words import Builder
from ..running.study import Study

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .stack_family import StackRecipe


def training_entropy(recipe: StackRecipe, run: Run) -> float:
    """Of the best epoch, in nats a symbol: what the paper chooses a seed by."""
    return min(row["loss"] for row in run.history)


def rows(recipe: StackRecipe, runs: list[Run]) -> Rows:
    return [_row(run) for run in runs]


def _row(run):
    fastest = min(row["seconds"] for row in run.history)
    return {
        "seed": run.recipe.seed,
        "training entropy": round(training_entropy(run.recipe, run), 4),
        **run.metrics,
        "ms an update": round(1000 * fastest / run.recipe.steps_per_epoch, 1),
    }


def text(recipe: StackRecipe, rows: Rows) -> str:
    sequences = recipe.epochs * recipe.examples_per_epoch
    best = min(rows, key=lambda row: row["training entropy"])
    right = sum(row[recipe.metric] == 1 for row in rows)
    return (
        f"{sequences:,} sequences of {recipe.steps} symbols, n up to {recipe.max_n}. "
        f"{right} of {len(rows)} seeds are right for every n up to {recipe.tested[0]}; the "
        f"one of the lowest entropy in training, seed {best['seed']}, for "
        f"{best[recipe.metric]:.1%} of them. An n is right if all words of it are, wherever "
        "they can be predicted, each after another word."
    )


def seeds(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Runs with these fields, of seeds from 0."""
    return [{**fields, "seed": seed} for seed in range(count)]


stack_study = functools.partial(
    Study,
    data=f"formal_words {Builder.VERSION} (generated)",
    tested="words of n up to 60, and beyond",
    chosen_by="cross-entropy in training",
    loss_label="nats a symbol",
    rank=training_entropy,
    rows=rows,
    text=text,
)
