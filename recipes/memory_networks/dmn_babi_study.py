"""The study of `dmn_babi`: networks for each task, and the papers' columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS
from ..running.study import Study
from . import stories_beyond
from .babi_published import errors_of
from .entnet_babi_study import text
from .family_study import rows_by_task, summary_of
from .memn2n_babi_study import data

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from ..running.study import Published, Targets
    from .dmn_babi import DMNBabi

# Whose network is a preset: two facts, one after the other.
SHOWN = 2
NAMES = {"dmn": "DMN", "dmn_plus": "DMN+"}


def paper(recipe: DMNBabi) -> tuple[str, list[float]] | None:
    """The paper's errors, of one network for each task."""
    if not recipe.task or recipe.supports != (recipe.variant == "dmn"):
        return None
    return errors_of(NAMES[recipe.variant], recipe.size)


def published(recipe: DMNBabi) -> Published:
    found = paper(recipe)
    if found is None:
        return {}
    source, errors = found
    by_task = {recipe.task: errors[recipe.task - 1]}
    return {name: (error, source) for name, error in summary_of(by_task).items()}


def targets(recipe: DMNBabi) -> Targets:
    means = {("dmn", "1k"): 6.4, ("dmn_plus", "10k"): 3.8}
    mean = means.get((recipe.variant, recipe.size))
    return {"error_percent_mean": ("≤", mean)} if recipe.task and mean else {}


def rows(recipe: DMNBabi, runs: list[Run]) -> Rows:
    found = paper(recipe)
    return rows_by_task(recipe, runs, found and found[1])


STUDY = Study(
    data=data,
    parts={
        "1k, a network for each task, gates trained on supporting facts": [
            {"task": task} for task in TASKS
        ],
        "10k, a network for each task: DMN+, without supporting facts": [
            {"variant": "dmn_plus", "size": "10k", "task": task} for task in TASKS
        ],
    },
    published=published,
    targets=targets,
    loss_label="cross-entropy in nats",
    preset=lambda recipe: f"{recipe.variant}_babi_{recipe.size}",
    is_candidate=lambda recipe: recipe.task == SHOWN,
    has_curve=lambda recipe: recipe.task == SHOWN,
    rows=rows,
    text=text,
    beyond=stories_beyond.beyond,
)
