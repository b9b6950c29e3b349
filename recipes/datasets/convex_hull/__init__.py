"""Points in the unit square and those on their convex hull."""

from .convex_hull_dataset_builder import Builder

__all__ = ["Builder"]
