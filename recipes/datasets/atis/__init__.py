"""The ATIS data set, split as by Goo et al."""

from .atis_dataset_builder import Builder

__all__ = ["Builder"]
