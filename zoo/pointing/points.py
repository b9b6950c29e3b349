"""Points as a pointer network takes them: checked, standardized, and by their angle."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from ...layers.precision import widen

SMALLEST = 1e-18  # a spread; its square is a number still
FARTHEST = 1e18  # a coordinate; the rules multiply two of them
ARRAYS = list, tuple, np.ndarray  # whose values are checked


def checked_sets(points: Any, length: Any, dim: int) -> tuple[Any, Any]:
    """Points `(batch, n, dim)` about the first of each set, as float32, and their numbers.

    Padding of arrays is 0.

    Raises:
        ValueError: Points or lengths have another shape, there is no point, or arrays or
            lists have coordinates that are not finite or beyond FARTHEST, or a length of more
            points than there are.
    """
    is_array = isinstance(points, ARRAYS)
    if is_array:
        points = array_of("points", points, "float64")
    else:
        points = widen(ops.convert_to_tensor(points))
    check_shape(points.shape, dim)
    given, length = length, checked_length(length, points)
    if is_array:
        is_point = np.ones(points.shape[:2], bool)
        if isinstance(given, ARRAYS):
            is_point = is_before(given, points.shape[1])
        check_finite(points, is_point)
        points = np.where(is_point[..., None], points, points[:, :1])
    # About the first of them, before what is far from the origin is rounded.
    return ops.cast(points - points[:, :1], "float32"), length


def is_before(length: Any, n: int) -> np.ndarray:
    """Booleans `(batch, n)`: which of n points are the first `length` of their set."""
    return np.arange(n) < np.asarray(length)[:, None]


def check_shape(shape: Sequence[int | None], dim: int) -> None:
    """Raise a `ValueError` unless it is that of points."""
    shape = tuple(shape)
    if len(shape) != 3 or shape[-1] != dim or 0 in shape:
        raise ValueError(
            f"Expected points (batch, n, {dim}), one or more. Received: shape {shape}"
        )


def check_finite(points: np.ndarray, is_point: np.ndarray) -> None:
    """Raise a `ValueError` unless the points, but for padding, are finite numbers."""
    wrong = is_point & ~(np.abs(points) <= FARTHEST).all(axis=-1)
    if wrong.any():
        first = tuple(np.argwhere(wrong)[0])
        raise ValueError(
            f"Expected finite coordinates, up to {FARTHEST:g}. Received: "
            f"{points[first].tolist()}, point {first[1]} of set {first[0]}"
        )


def array_of(name: str, values: Any, dtype: Any = None) -> np.ndarray:
    """Numbers in lists as an array.

    Raises:
        ValueError: They are no numbers, or lists of several lengths.
    """
    try:
        return np.asarray(values, dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Expected {name} as an array of numbers. Received: {error}"
        ) from None


def checked_length(length: Any, points: Any) -> Any:
    """How many points there are in each set, `(batch,)`; all of them if `length` is absent.

    Raises:
        ValueError: The shape is another, or an array or list says more points than there are.
    """
    sets, n = points.shape[:2]
    if length is None:
        return ops.shape(points)[1] + ops.zeros_like(points[:, 0, 0], "int32")
    is_array = isinstance(length, ARRAYS)
    array = np.asarray(length) if is_array else ops.convert_to_tensor(length)
    fits = len(array.shape) == 1 and (array.shape[0] == sets or None in (*array.shape, sets))
    if is_array and fits:
        fits = array.dtype != bool and np.isin(array, np.arange(n + 1)).all()
    if not fits:
        raise ValueError(
            f"Expected lengths of {sets} sets, whole numbers from 0 to {n}. "
            f"Received: {length}"
        )
    return ops.cast(array, "int32")


def standardized(points: Any, is_point: Any) -> Any:
    """Points about their mean, in units of their spread, `(batch, n, dim)`; padding is 0.

    The spread is the root of the mean square of their coordinates about the mean. Where all
    points are one, they are 0.
    """
    # About the first of them already, for exact zeros where they are one.
    points = ops.where(is_point[..., None], points - points[:, :1], 0)
    fraction = ops.cast(is_point, points.dtype)  # of the points that each point is
    fraction = fraction / ops.maximum(ops.sum(fraction, axis=1, keepdims=True), 1)
    mean = ops.sum(fraction[..., None] * points, axis=1, keepdims=True)
    centred = ops.where(is_point[..., None], points - mean, 0)
    square = ops.mean(ops.square(centred), axis=-1)
    variance = ops.sum(fraction * square, axis=1, keepdims=True)
    return centred / ops.maximum(ops.sqrt(variance), SMALLEST)[..., None]


def by_angle(points: Any, is_point: Any) -> Any:
    """Indices of standardized points, counter-clockwise about their mean; padding is last."""
    angle = ops.arctan2(points[..., 1], points[..., 0])
    return ops.argsort(ops.where(is_point, angle, 4.0), axis=1)  # 4 is more than π
