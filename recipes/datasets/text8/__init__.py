"""The first hundred million characters of Wikipedia, cleaned: letters and spaces."""

from .text8_dataset_builder import Builder

__all__ = ["Builder"]
