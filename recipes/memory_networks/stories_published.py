"""The published errors on bAbI, as a study reports them beside its own."""

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


def _column(recipe, model):
    """Of networks of one task each, or of one for all, as the recipe's is."""
    return column_of(model, recipe.size, "single" if recipe.task else "joint")


def published(recipe: BabiStories, model: str) -> Published:
    """The figures of what papers call `model`, for the tasks of a recipe."""
    column = _column(recipe, model)
    if column is None:
        return {}
    if not column.errors:  # the mean of all tasks alone
        metrics = {"error_percent_mean": column.mean, "failed_tasks": column.failed}
        return {} if recipe.task else {n: (e, column.source) for n, e in metrics.items()}
    errors = dict(zip(TASKS, column.errors, strict=True))
    if recipe.task:
        errors = {recipe.task: errors[recipe.task]}
    return {name: (error, column.source) for name, error in summary_of(errors).items()}


def rows(recipe: BabiStories, runs: list[Run], model: str) -> Rows:
    """A row for each task, ours beside those of what papers call `model`."""
    column = _column(recipe, model)
    errors = column and dict(zip(TASKS, column.errors, strict=False))
    return errors_of_runs(recipe, runs, errors)
