"""Digits of which the lower part is hidden, and how well they are completed."""

from typing import Any

import numpy as np

from ..running.argument_types import Metrics

SIDE = 28
TRAINING = 55_000  # of MNIST's 60,000, as of `autoencoder_mnist`; others are for validation


def known_points(hidden_rows: int) -> np.ndarray:
    """Which points of a digit are known if so many of its rows are hidden, from below."""
    return np.arange(SIDE**2) < SIDE * (SIDE - hidden_rows)


def is_wrong(found: Any, digits: Any) -> Any:
    """Of each point, whether it is rounded to another of the 256 shades."""
    return np.abs(found - digits) > 0.5 / 255


def completion(found: Any, digits: Any, known: np.ndarray, kind: str) -> Metrics:
    """Metrics of completed digits, numbers from 0 to 1, under the name of their kind.

    Example:

    >>> known = np.arange(4) < 2
    >>> found = completion([[0, 1, 1, 1.0]], [[0, 1, 1, 0.0]], known, "test")
    >>> found["squared_error_hidden_test"]
    0.5
    """
    found, digits = np.asarray(found), np.asarray(digits)
    errors = np.square(found - digits)
    return {
        f"recalled_percent_{kind}": float(
            100 * np.mean(~is_wrong(found, digits).any(axis=-1))
        ),
        f"squared_error_hidden_{kind}": float(np.mean(errors[:, ~known])),
        f"squared_error_all_{kind}": float(np.mean(errors)),
    }


def nearest(cues: np.ndarray, digits: np.ndarray, known: np.ndarray) -> np.ndarray:
    """For each cue, the digit whose known points are nearest to its own.

    Example:

    >>> digits = np.array([[0, 0, 1, 1], [1, 1, 0, 0]])
    >>> nearest(np.array([[0.9, 1, 0, 0]]), digits, known=np.arange(4) < 2)
    array([[1, 1, 0, 0]])
    """
    seen = digits[:, known]
    squares = np.sum(np.square(seen), axis=-1)
    indices = [
        np.argmin(squares - 2 * part[:, known] @ seen.T, axis=-1)
        for part in np.array_split(cues, -(-len(cues) // 500))
    ]
    return digits[np.concatenate(indices)]
