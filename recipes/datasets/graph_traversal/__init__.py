"""Random graphs, and ways through them."""

from .graph_traversal_dataset_builder import DIGITS, OUT, Builder

__all__ = ["DIGITS", "OUT", "Builder"]
