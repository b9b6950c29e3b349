"""The study of `rl_tapes`: five tasks, two controllers, seeds, the paper's optimiser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..datasets.symbol_sequences import Builder
from ..running.beyond import fresh
from ..running.study import Study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Rows
    from ..running.run import Run
    from .rl_tapes import RLTapes

PAPER = "Zaremba & Sutskever 2015, table 3"
# Which tasks the paper's LSTM controller solves; with direct access it solves all of ours.
SOLVED_BY_LSTM = "copy", "duplicated_input"
# What learns sooner than the paper's optimiser and temperature, found in trials.
SOONER = {"optimizer": "adam", "learning_rate": 2e-3, "inverse_temperature": 1.0}
SEQUENCES = 250
# Of sequences beyond the paper's test: how long, and of how many different symbols.
CONDITIONS = {"uniform": None, "one symbol repeated": 1, "two symbols": 2}
LENGTHS = 15, 100


def preset(recipe: RLTapes) -> str:
    """Copying has the name of the recipe, the other tasks their own."""
    return "rl_tapes" if recipe.task == "copy" else f"rl_tapes_{recipe.task}"


def published(recipe: RLTapes) -> dict[str, tuple[str, str]]:
    solved = recipe.controller == "direct_access" or recipe.task in SOLVED_BY_LSTM
    name = f"solved_length_{recipe.max_length}"
    return {name: ("solved, at its largest length" if solved else "fails", PAPER)}


def targets(recipe: RLTapes) -> dict[str, tuple[str, float]]:
    return {f"solved_length_{recipe.max_length}": ("≥", 0.99)}


def wrong_then_cost(recipe: RLTapes, run: Run) -> tuple[float, float]:
    """On the validation split, at all lengths of the card."""
    metrics = recipe.evaluate(run.model, "validation")
    unsolved = sum(1 - v for name, v in metrics.items() if name.startswith("solved"))
    return unsolved, min(row["val_answer_loss"] for row in run.history)


def rows(recipe: RLTapes, runs: list[Run]) -> Rows:
    return [_row(run) for run in runs]


def _row(run):
    """With the columns that a board has."""
    wrong, size = "val_answer_wrong_symbols", run.recipe.examples_per_epoch
    solved = [(row["epoch"] + 1) * size for row in run.history if row[wrong] < 0.01]
    fastest = min(row["seconds"] for row in run.history)
    return {
        "seed": run.recipe.seed,
        "episodes until solved": solved[0] if solved else "never",
        **run.metrics,
        "ms an update": round(1000 * fastest / run.recipe.steps_per_epoch, 1),
    }


def text(recipe: RLTapes, rows: Rows) -> str:
    column = f"solved_length_{recipe.max_length}"
    solved = sum(row[column] >= 0.99 for row in rows)
    return (
        "Fraction of the sequences that are wholly right, with the likeliest actions, at the "
        f"best epoch by validation. {solved} of {len(rows)} runs solve the task at length "
        f"{recipe.max_length}, the longest of training: 0.99 or more. Episodes are counted "
        "until fewer than 1 % of the symbols of that length are wrong."
    )


def beyond(recipe: RLTapes, model: keras.Model) -> Rows:
    """Sequences of other lengths and structures, none of which were trained on."""
    random = fresh(recipe)
    return [
        _beyond(recipe, model, random, name, count, length)
        for length in LENGTHS
        for name, count in CONDITIONS.items()
    ]


def _beyond(recipe, model, random, name, count, length):
    shape = (SEQUENCES, length)
    symbols = random.integers(1, recipe.symbols + 1, shape)
    if count:
        of_these = random.integers(1, recipe.symbols + 1, (SEQUENCES, count))
        symbols = np.take_along_axis(of_these, random.integers(0, count, shape), axis=1)
    examples = {
        "symbols": symbols,
        "length": np.full(SEQUENCES, length),
        "repeats": random.integers(2, 4, SEQUENCES),
    }
    solved, wrong = recipe.errors(model, examples)
    return {
        "condition": f"{name}, {length} symbols",
        "solved": solved,
        "wrong symbols": wrong,
        "target": "≥ 0.99",
    }


def _part(task: str, epochs: int, seeds: int = 1, **fields: Any) -> list[dict[str, Any]]:
    fields = {"task": task, "epochs": epochs, **SOONER, **fields}
    return [{**fields, "seed": seed} for seed in range(seeds)]


STUDY = Study(
    data=f"symbol_sequences {Builder.VERSION} (generated)",
    parts={
        "Copy, direct access": _part("copy", 12, seeds=3),
        "Reverse, direct access": _part("reverse", 16),
        "Duplicated input, direct access": _part("duplicated_input", 16),
        "Reverse, LSTM controller": _part("reverse", 16, controller="lstm"),
        "Forward reverse, direct access": _part("forward_reverse", 16),
        "Repeat copy, direct access": _part("repeat_copy", 16),
    },
    published=published,
    note="The paper does not say how long its largest length is.",
    targets=targets,
    chosen_by="sequences solved at all lengths tested, on the validation split",
    loss_label="nats per sequence, and squared errors of the baseline",
    preset=preset,
    is_candidate=lambda recipe: recipe.controller == "direct_access",
    rank=wrong_then_cost,
    rows=rows,
    text=text,
    beyond=beyond,
)
