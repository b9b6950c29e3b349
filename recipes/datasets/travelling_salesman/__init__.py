"""Cities in the unit square and the shortest tour through them."""

from .travelling_salesman_dataset_builder import Builder

__all__ = ["Builder"]
