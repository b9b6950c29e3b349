"""The published errors of networks of one task each, as a study reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS
from .babi_papers import column_of
from .family_study import errors_of_runs, summary_of

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from ..running.study import Published
    from .babi_stories import BabiStories


def _errors(recipe, model):
    """By task, and where they stand; none of one network for all tasks."""
    column = column_of(model, recipe.size, "single") if recipe.task else None
    return column and (dict(zip(TASKS, column.errors, strict=True)), column.source)


def published(recipe: BabiStories, model: str) -> Published:
    """The figures of a recipe of one task, of what papers call `model`."""
    found = _errors(recipe, model)
    if not found:
        return {}
    errors, source = found
    metrics = summary_of({recipe.task: errors[recipe.task]})
    return {name: (error, source) for name, error in metrics.items()}


def rows(recipe: BabiStories, runs: list[Run], model: str) -> Rows:
    """A row for each task, ours beside those of what papers call `model`."""
    found = _errors(recipe, model)
    return errors_of_runs(recipe, runs, found and found[0])
