"""Random patterns of ±1, and cues for them."""

from .random_patterns_dataset_builder import Builder, pattern_config

__all__ = ["Builder", "pattern_config"]
