"""The study of recipes that answer questions about stories."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.babi import TASKS
from ..running.study import Study

if TYPE_CHECKING:
    from ..running.argument_types import Metrics, Rows
    from ..running.run import Run
    from .family import StoryRecipe

FAILED = 5.0  # a task counts as failed above this error, in percent


def summary_of(errors: Mapping[int, float]) -> Metrics:
    """Metrics by name of the errors by task, in percent."""
    metrics = {f"error_percent_task_{task:02}": error for task, error in errors.items()}
    metrics["error_percent_mean"] = float(np.mean(list(errors.values())))
    metrics["failed_tasks"] = sum(error > FAILED for error in errors.values())
    return metrics


def errors_of_runs(
    recipe: StoryRecipe, runs: list[Run], published: Mapping[int, float] | None = None
) -> Rows:
    """A row for each task: the best of its runs, the mean of them, and a paper's figure."""
    best, mean = {}, {}
    for task in TASKS:
        name = f"error_percent_task_{task:02}"
        tried = [run for run in runs if name in run.metrics]
        if tried:
            best[task] = min(tried, key=recipe.study.rank).metrics[name]
            mean[task] = float(np.mean([run.metrics[name] for run in tried]))
    restarts = len({run.recipe.seed for run in runs})
    if restarts > 1:
        columns = {f"best of {restarts}": best, f"mean of {restarts}": mean}
    else:
        columns = {"one run": best}
    if published:
        columns["published"] = published
    rows = [
        {"task": f"{task} {TASKS[task]}", **{k: v[task] for k, v in columns.items()}}
        for task in best
    ]
    whole = {k: summary_of(errors) for k, errors in columns.items()}
    for row, metric in (
        ("mean error, percent", "error_percent_mean"),
        ("failed tasks", "failed_tasks"),
    ):
        rows.append({"task": row, **{k: v[metric] for k, v in whole.items()}})
    return rows


def last_training_loss(recipe: StoryRecipe, run: Run) -> float:
    return run.history[-1]["loss"]


story_study = functools.partial(
    Study,
    chosen_by="loss of the last epoch on the training split",
    loss_label="cross-entropy in nats",
    rank=last_training_loss,
)
