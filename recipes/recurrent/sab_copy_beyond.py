"""Copying beyond the paper's test: after blanks that end anywhere between stored states."""

import numpy as np

from ..datasets.copy_memory import LENGTH, SYMBOLS
from ..running.beyond import fresh

BLANKS = 100, 101, 103, 199, 200, 300, 400, 777, 2_000, 2_003, 4_999, 5_000
# Fewer than in the preset's training, where what it learned ends.
FEWER = 5, 10, 15
SEQUENCES, OF_LONG = 250, 50  # after up to a thousand blanks, and after more


def beyond(recipe, model):
    """Symbols and sequences that are right, after multiples of k_att and other blanks."""
    random = fresh(recipe)
    return [
        *(_row(recipe, model, blanks, random, "≥ 0.99") for blanks in BLANKS),
        *(_row(recipe, model, blanks, random, "") for blanks in FEWER),
    ]


def _row(recipe, model, blanks, random, target):
    size = SEQUENCES if blanks <= 1000 else OF_LONG
    symbols = random.integers(1, SYMBOLS + 1, (size, LENGTH), dtype=np.uint8)
    *_, is_right = recipe.answers(blanks, model, symbols)
    return {
        "condition": f"{blanks:,} blanks",
        "symbols right": float(is_right.mean()),
        "sequences right": float(is_right.all(axis=1).mean()),
        "sequences": size,
        "target": target,
    }
