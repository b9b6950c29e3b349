"""Sequences to copy, one after the other."""

from .reused_copy_dataset_builder import Builder

__all__ = ["Builder"]
