"""Sources and targets of transduction tasks."""

from .transduction_dataset_builder import TASKS, Builder, transduction_config

__all__ = ["TASKS", "Builder", "transduction_config"]
