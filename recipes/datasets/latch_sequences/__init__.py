"""Sequences whose first character is their label, and the others distractors."""

from .latch_sequences_dataset_builder import LABELS, Builder, latch_config

__all__ = ["LABELS", "Builder", "latch_config"]
