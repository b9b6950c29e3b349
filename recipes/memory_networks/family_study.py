"""The study of recipes that answer questions about stories."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..running.study import Study

if TYPE_CHECKING:
    from ..running.argument_types import Metrics
    from ..running.run import Run
    from .family import StoryRecipe

FAILED = 5.0  # a task counts as failed above this error, in percent


def summary_of(errors: Mapping[int, float]) -> Metrics:
    """Metrics by name of the errors by task, in percent."""
    metrics = {f"error_percent_task_{task:02}": error for task, error in errors.items()}
    metrics["error_percent_mean"] = float(np.mean(list(errors.values())))
    metrics["failed_tasks"] = sum(error > FAILED for error in errors.values())
    return metrics


def last_training_loss(recipe: StoryRecipe, run: Run) -> float:
    return run.history[-1]["loss"]


story_study = functools.partial(
    Study,
    chosen_by="loss of the last epoch on the training split",
    loss_label="cross-entropy in nats",
    rank=last_training_loss,
)
