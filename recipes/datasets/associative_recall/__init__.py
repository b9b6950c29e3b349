"""Items, and which comes after one of them."""

from .associative_recall_dataset_builder import VECTORS, Builder

__all__ = ["VECTORS", "Builder"]
