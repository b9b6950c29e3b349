"""Sequences of random symbols, to be copied, reversed or repeated."""

from .symbol_sequences_dataset_builder import Builder, symbol_config

__all__ = ["Builder", "symbol_config"]
