"""Bags of bit patterns: does one of them hold a signal?"""

from .bit_patterns_dataset_builder import Builder, bit_pattern_config, signals_and_others

__all__ = ["Builder", "bit_pattern_config", "signals_and_others"]
