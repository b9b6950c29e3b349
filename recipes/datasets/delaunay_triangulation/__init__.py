"""Points in the unit square and the triangles of their Delaunay triangulation."""

from .delaunay_triangulation_dataset_builder import Builder

__all__ = ["Builder"]
