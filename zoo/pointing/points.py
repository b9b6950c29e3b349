"""Points as a pointer network takes them: checked, standardized, and by their angle."""

import numpy as np
from keras import ops

from ...layers.precision import widen

SMALLEST = 1e-18  # a spread; its square is a number still
FARTHEST = 1e18  # a coordinate; the rules multiply two of them
ARRAYS = list, tuple, np.ndarray  # whose values are checked


def checked_points(points, dim):
    """Points `(batch, n, dim)` about the first of them, as float32.

    Raises:
        ValueError: They have another shape, there is no point, or an array or list has
            coordinates that are not finite or beyond FARTHEST.
    """
    is_array = isinstance(points, ARRAYS)
    if is_array:
        points = np.asarray(points, "float64")
    else:
        points = widen(ops.convert_to_tensor(points))
    shape = tuple(points.shape)
    if len(shape) != 3 or shape[-1] != dim or 0 in shape:
        raise ValueError(
            f"Expected points (batch, n, {dim}), one or more. Received: shape {shape}"
        )
    if is_array and not (np.abs(points) <= FARTHEST).all():
        raise ValueError(f"Expected finite coordinates, up to {FARTHEST:g}. Received: others")
    # About the first of them, before what is far from the origin is rounded.
    return ops.cast(points - points[:, :1], "float32")


def checked_length(length, points):
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


def standardized(points, is_point):
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


def by_angle(points, is_point):
    """Indices of standardized points, counter-clockwise about their mean; padding is last."""
    angle = ops.arctan2(points[..., 1], points[..., 0])
    return ops.argsort(ops.where(is_point, angle, 4.0), axis=1)  # 4 is more than π
