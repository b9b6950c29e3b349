"""Bits of random tables of n-grams."""

from .dynamic_ngrams_dataset_builder import Builder, optimal_bits

__all__ = ["Builder", "optimal_bits"]
