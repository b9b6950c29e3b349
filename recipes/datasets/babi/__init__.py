"""The bAbI tasks: stories, questions about them, and short answers."""

from .babi_dataset_builder import SIZES, TASKS, Builder, babi_config

__all__ = ["SIZES", "TASKS", "Builder", "babi_config"]
