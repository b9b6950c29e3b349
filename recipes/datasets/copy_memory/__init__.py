"""Ten symbols to be kept in mind over a long blank, then said again."""

from .copy_memory_dataset_builder import LENGTH, SYMBOLS, Builder, copy_memory_config

__all__ = ["LENGTH", "SYMBOLS", "Builder", "copy_memory_config"]
