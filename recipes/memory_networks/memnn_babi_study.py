"""The study of `memnn_babi`: the columns AM+NG+NL of the paper's table 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS, Builder
from ..running.study import Study
from . import stories_beyond
from .babi_papers import COLUMNS
from .family_study import FAILED, errors_of_runs, summary_of

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from ..running.study import Published, Targets
    from .memnn_babi import MemNNBabi

MODEL = "MemNN, with supports"
# What validation, or a training loss that still falls, speaks for in single tasks.
SETTINGS = {
    3: {"ngrams": 1, "epochs": 16},
    17: {"epochs": 20},
    19: {"dim": 100, "epochs": 20},
}
JOINT = {"ngrams": 2, "buckets": 2048}  # so that as good as all bigrams have their own
# Targets of a network for each task: 93 % of the answers are right.
MOST_ERROR = 7.0


def _column(recipe):
    networks = "single" if recipe.task else "joint"
    found = [
        column
        for column in COLUMNS
        if (column.model, column.size, column.networks) == (MODEL, recipe.size, networks)
    ]
    return found[0] if found else None


def published(recipe: MemNNBabi) -> Published:
    """The errors in the paper's column, if it has one."""
    column = _column(recipe)
    if column is None:
        return {}
    by_task = dict(zip(TASKS, column.errors, strict=True))
    if recipe.task:
        by_task = {recipe.task: by_task[recipe.task]}
    return {name: (error, column.source) for name, error in summary_of(by_task).items()}


def targets(recipe: MemNNBabi) -> Targets:
    return {} if recipe.task else {"error_percent_mean": ("≤", MOST_ERROR)}


def rows(recipe: MemNNBabi, runs: list[Run]) -> Rows:
    """A row for each task: the run that is best by validation, and their mean."""
    column = _column(recipe)
    paper = column and dict(zip(TASKS, column.errors, strict=True))
    return errors_of_runs(recipe, runs, paper)


def text(recipe: MemNNBabi, rows: Rows) -> str:
    return (
        "Error on the test split, in percent, where the network chooses the facts itself. "
        "The best restart is that of the lowest loss on the validation split; a task is "
        f"failed above {FAILED:.0f} %."
    )


STUDY = Study(
    data=lambda recipe: (
        f"bAbI tasks v1.2, English, {recipe.size} (babi {Builder.VERSION}), with supports"
    ),
    parts={
        "1k, a network for each task": [
            {"task": task, **SETTINGS.get(task, {})} for task in TASKS
        ],
        "1k, one network for all tasks": [JOINT],
    },
    published=published,
    targets=targets,
    preset=lambda recipe: f"memnn_babi_{recipe.size}",
    is_candidate=lambda recipe: not recipe.task,
    has_curve=lambda recipe: not recipe.task,
    loss_label="cross-entropy in nats",
    rows=rows,
    text=text,
    beyond=stories_beyond.beyond,
)
