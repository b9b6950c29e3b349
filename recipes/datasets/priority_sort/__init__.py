"""Vectors to sort by their priorities."""

from .priority_sort_dataset_builder import Builder

__all__ = ["Builder"]
