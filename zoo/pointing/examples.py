"""What a pointer network is trained on, checked: points, and pointers that end."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops

from .points import array_of, check_finite, check_shape, checked_length, is_before
from .rules import END

PADDING = -1
INPUTS = "points", "length", "pointers"


def check_examples(
    inputs: Mapping[str, Any],
    targets: Any,
    dim: int,
    places: int | None = None,
    ended: bool = True,
) -> None:
    """Raise a `ValueError` unless arrays are examples for a pointer network.

    Args:
        inputs: Arrays of points, lengths and pointers, by these names.
        targets: The pointers again; `None` where there are none.
        dim: Coordinates of a point.
        places: How many classes a baseline has, the end among them; `None` without one.
        ended: Whether each row of pointers is a whole answer.
    """
    missing = [name for name in INPUTS if name not in inputs]
    if missing:
        raise ValueError(
            f"Expected a dictionary of {', '.join(INPUTS)}. Received: {', '.join(inputs)}"
        )
    points, length, pointers = (_array(name, inputs[name]) for name in INPUTS)
    check_shape(points.shape, dim)
    checked_length(length, points)
    check_finite(points, is_before(length, points.shape[1]))
    most = length if places is None else np.minimum(length, places - 1)
    check_pointers("pointers", pointers, most, ended)
    if targets is not None:
        targets = _array("targets", targets)
        check_pointers("targets", targets, most, ended)
        if targets.shape != pointers.shape:
            raise ValueError(
                f"Expected targets of the shape of the pointers, {pointers.shape}. Received: "
                f"{targets.shape}"
            )


def check_pointers(name: str, pointers: np.ndarray, most: Any, ended: bool = True) -> None:
    """Raise a `ValueError` unless rows are pointers from 1, the end (0), and -1 after it.

    Args:
        name: What they are called.
        pointers: An array that should be `(batch, steps)`.
        most: The largest pointer of each row, `(batch,)`.
        ended: Whether each row needs an end.
    """
    fits = pointers.ndim == 2 and len(pointers) == len(most)
    if not fits or pointers.dtype.kind not in "iuf":
        raise ValueError(
            f"Expected {name} as whole numbers ({len(most)}, steps). Received: "
            f"{pointers.dtype} of shape {pointers.shape}"
        )
    is_known = (pointers >= PADDING) & (pointers <= np.asarray(most)[:, None])
    is_known &= pointers == np.round(pointers)
    if not is_known.all():
        row, step = np.argwhere(~is_known)[0]
        raise ValueError(
            f"Expected {name} from 1 to {most[row]}, the points of set {row}, {END} for the "
            f"end and {PADDING} after it. Received: {pointers[row, step]}"
        )
    is_after = np.cumsum(pointers == END, axis=1) - (pointers == END) > 0
    is_answer = ((pointers == PADDING) == is_after).all(axis=1)
    is_answer &= (pointers == END).any(axis=1)
    if ended and not is_answer.all():
        row = np.argmin(is_answer)
        raise ValueError(
            f"Expected {name} that count points from 1, then {END} once, the end, and "
            f"{PADDING} after it. Received: {pointers[row].tolist()}, of set {row}"
        )


def _array(name, values):
    if isinstance(values, (list, tuple)):
        return array_of(name, values)
    return values if isinstance(values, np.ndarray) else ops.convert_to_numpy(values)
