"""Points as a pointer network takes them."""

from keras import ops

SMALLEST = 1e-18  # a spread; its square is a number still


def standardized(points, is_point):
    """Points about their mean, in units of their spread, `(batch, n, dim)`; padding is 0.

    The spread is the root of the mean square of their coordinates about the mean. Where all
    points are one, they are 0.
    """
    # About the first of them already, for exact zeros where they are one.
    points = ops.where(is_point[..., None], points - points[:, :1], 0)
    share = ops.cast(is_point, points.dtype)
    share = share / ops.maximum(ops.sum(share, axis=1, keepdims=True), 1)
    mean = ops.sum(share[..., None] * points, axis=1, keepdims=True)
    centred = ops.where(is_point[..., None], points - mean, 0)
    variance = ops.sum(share * ops.mean(ops.square(centred), axis=-1), axis=1, keepdims=True)
    return centred / ops.maximum(ops.sqrt(variance), SMALLEST)[..., None]


def by_angle(seen, is_point):
    """Places of standardized points, counter-clockwise about their mean; padding is last."""
    angle = ops.arctan2(seen[..., 1], seen[..., 0])
    return ops.argsort(ops.where(is_point, angle, 4.0), axis=1)  # 4 is more than π
