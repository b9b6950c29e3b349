"""The study of memory machines on algorithmic tasks: when each solves them, and how fast."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ..running.study import Study
from .family_beyond import beyond

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .family import MachineRecipe

WRONG = "val_wrong_bits_per_sequence"


def is_machine(recipe: MachineRecipe) -> bool:
    return recipe.machine != "lstm"


def preset(recipe: MachineRecipe) -> str:
    """The recipe's name for its own machine, else with that of the machine."""
    usual = type(recipe).__pydantic_fields__["machine"].default
    return (
        recipe.name
        if recipe.machine in (usual, "lstm")
        else f"{recipe.name}_{recipe.machine}"
    )


def rows(recipe: MachineRecipe, runs: list[Run]) -> Rows:
    return [_row(run.recipe, run) for run in runs]


def _row(recipe, run):
    metric, bound = recipe.solved_below
    reached = [row["epoch"] + 1 for row in run.history if row[metric] < bound]
    best = min(run.history, key=lambda row: row["val_loss"])
    return {
        "seed": recipe.seed,
        "episodes until solved": reached[0] * recipe.examples_per_epoch
        if reached
        else "never",
        "wrong bits (validation)": best[WRONG],
        **run.metrics,
        "ms an update": _milliseconds(recipe, run),
    }


def _milliseconds(recipe, run):
    """Of the fastest epoch, validation and all."""
    fastest = min(row["seconds"] for row in run.history)
    return round(1000 * fastest / recipe.steps_per_epoch, 1)


def text(recipe: MachineRecipe, rows: Rows) -> str:
    episodes = recipe.epochs * recipe.examples_per_epoch
    solved = sum(row["episodes until solved"] != "never" for row in rows)
    metric, bound = recipe.solved_below
    unit = "wrong bits" if metric == WRONG else "bits of cost"
    return (
        f"{episodes:,} training episodes, the best epoch by validation. {solved} of "
        f"{len(rows)} seeds had fewer than {bound:.4g} {unit} in an episode "
        "of the validation split, whose sizes are those of training, at some epoch; wrong "
        "bits and cost, in bits, are of an episode of the test split."
    )


machine_study = functools.partial(
    Study,
    loss_label="bits per episode",
    is_candidate=is_machine,
    preset=preset,
    rows=rows,
    text=text,
    beyond=beyond,
)
