"""Sequences to copy several times."""

from .repeat_copy_dataset_builder import Builder

__all__ = ["Builder"]
