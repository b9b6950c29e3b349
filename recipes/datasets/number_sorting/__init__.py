"""Numbers and their order."""

from .number_sorting_dataset_builder import Builder, number_config

__all__ = ["Builder", "number_config"]
