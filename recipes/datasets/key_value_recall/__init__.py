"""Keys and values, and questions about either."""

from .key_value_recall_dataset_builder import Builder

__all__ = ["Builder"]
