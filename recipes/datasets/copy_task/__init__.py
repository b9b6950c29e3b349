"""The copy task: see a sequence of random bit vectors, then say it again from memory."""

from .copy_task_dataset_builder import Builder, copy_config

__all__ = ["Builder", "copy_config"]
