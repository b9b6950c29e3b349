"""Dates in the forms that people write, with the ISO form of each."""

from .written_dates_dataset_builder import Builder

__all__ = ["Builder"]
