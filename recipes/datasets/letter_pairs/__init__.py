"""Pairs of letters, a larger and a smaller one, and cues for them."""

from .letter_pairs_dataset_builder import (
    FIRST,
    PAIRS,
    SECOND,
    Builder,
    letter_config,
    letters,
)

__all__ = ["FIRST", "PAIRS", "SECOND", "Builder", "letter_config", "letters"]
