"""Ten symbols to be stored over a long blank, then repeated."""

from .copy_memory_dataset_builder import LENGTH, SYMBOLS, Builder, copy_memory_config

__all__ = ["LENGTH", "SYMBOLS", "Builder", "copy_memory_config"]
