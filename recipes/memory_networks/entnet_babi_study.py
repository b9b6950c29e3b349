"""The study of `entnet_babi`: a network for each task, and the paper's column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS
from ..running.study import Study
from . import stories_beyond
from .babi_published import errors_of
from .family_study import FAILED, rows_by_task, summary_of
from .memn2n_babi_study import data

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from ..running.study import Published, Targets
    from .entnet_babi import EntNetBabi

# The task whose network is the preset: of who took what where.
SHOWN = 2


def published(recipe: EntNetBabi) -> Published:
    """The paper's error of a task; it has none of one network for all."""
    found = errors_of("EntNet", recipe.size)
    if found is None or not recipe.task:
        return {}
    source, errors = found
    by_task = {recipe.task: errors[recipe.task - 1]}
    return {name: (error, source) for name, error in summary_of(by_task).items()}


def targets(recipe: EntNetBabi) -> Targets:
    return {"error_percent_mean": ("≤", 1.0)} if recipe.task and recipe.size == "10k" else {}


def rows(recipe: EntNetBabi, runs: list[Run]) -> Rows:
    found = errors_of("EntNet", recipe.size) if recipe.task else None
    return rows_by_task(recipe, runs, found and found[1])


def text(recipe: EntNetBabi, rows: Rows) -> str:
    return (
        "Error on the test split, in percent, of the epoch of the lowest loss on the "
        f"validation split. A task is failed above {FAILED:.0f} %."
    )


STUDY = Study(
    data=data,
    parts={
        "10k, a network for each task": [{"size": "10k", "task": task} for task in TASKS],
        "10k, one network for all tasks": [{"size": "10k"}],
    },
    published=published,
    targets=targets,
    loss_label="cross-entropy in nats",
    preset=lambda recipe: f"{recipe.name}_{recipe.size}" + "_joint" * (not recipe.task),
    is_candidate=lambda recipe: recipe.task in (0, SHOWN),
    has_curve=lambda recipe: recipe.task in (0, SHOWN),
    rows=rows,
    text=text,
    beyond=stories_beyond.beyond,
)
