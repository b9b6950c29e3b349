"""Rules for answers made of pointers: which points may come next, after those so far.

A rule is a pair of functions of tensors, so that it goes into a SavedModel. `allowed(path,
points, is_point)` takes the numbers of the points so far, from 1, 0 where none is yet,
`(batch, steps)`; the points, `(batch, n, dim)`; and which of them there are, `(batch, n)`. It
returns what may come next, Booleans `(batch, 1 + n)`, of which the first is the end.
`longest(n)` is how many numbers an answer has at most, with the end.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops

END = 0  # the pointer that ends an answer, and starts the decoder


class Rule(NamedTuple):
    allowed: Callable[[Any, Any, Any], Any]
    longest: Callable[[Any], Any]


def anything(path: Any, points: Any, is_point: Any) -> Any:
    """Any point, and the end at any time.

    Example:

    >>> path = ops.convert_to_tensor([[2, 3, 0]])  # the points so far
    >>> points = ops.convert_to_tensor([[[0.0, 0], [1, 0], [1, 1], [0, 1]]])
    >>> allowed = anything(path, points, ops.ones((1, 4), bool))
    >>> ops.convert_to_numpy(allowed)  # the end, and each point
    array([[ True,  True,  True,  True,  True]])
    """
    return _or_end(is_point, ops.ones_like(is_point[:, 0]))


def permutation(path: Any, points: Any, is_point: Any) -> Any:
    """Each point once, then the end: an order, or a tour.

    Example:

    >>> path = ops.convert_to_tensor([[2, 3, 0]])  # the points so far
    >>> points = ops.convert_to_tensor([[[0.0, 0], [1, 0], [1, 1], [0, 1]]])
    >>> allowed = permutation(path, points, ops.ones((1, 4), bool))
    >>> ops.convert_to_numpy(allowed)  # the end, and each point
    array([[False,  True, False, False,  True]])
    """
    left = _not_yet(path, is_point)
    return _or_end(left, ops.logical_not(ops.any(left, axis=-1)))


def simple_polygon(path: Any, points: Any, is_point: Any) -> Any:
    """No point twice, and no two edges that meet except at the corner that they share.

    Three points and more are a simple polygon at every step, with the edge that closes it. So
    are those of a hull, and the end may come at any time. Where no third point makes a
    polygon, as of points on one line, the end comes before it. All this in float32: edges may
    cross among points within about a millionth of one line.

    Example:

    >>> path = ops.convert_to_tensor([[1, 2, 3, 0]])  # the points so far
    >>> points = ops.convert_to_tensor([[[0.0, 0], [1, 0], [1, 1], [0, 1]]])
    >>> allowed = simple_polygon(path, points, ops.ones((1, 4), bool))
    >>> ops.convert_to_numpy(allowed)  # the end, and each point
    array([[ True, False, False, False,  True]])
    """
    count = count_of(path)
    corners = _point(points, path)
    is_corner = path > 0
    first, last = corners[:, :1], _point(points, _last(path, count))
    starts, ends = corners[:, :-1], corners[:, 1:]
    number = ops.cumsum(ops.ones_like(path[:, 1:]), axis=1)  # of the edges so far
    is_edge = number < count[:, None]

    def meets(end, edges):
        """Whether the line from each point to `end` meets one of the edges."""
        met = _meet(points[:, :, None], end[:, :, None], starts[:, None], ends[:, None])
        return ops.any(ops.logical_and(edges[:, None], met), axis=-1)

    taken = ops.all(points[:, :, None] == corners[:, None], axis=-1)
    taken = ops.any(ops.logical_and(taken, is_corner[:, None]), axis=-1)
    # Later, an edge that lies along its neighbour meets another one, too.
    is_flat = ops.logical_and(count[:, None] == 2, _side(first, last, points) == 0)
    refused = ops.logical_or(
        meets(last, ops.logical_and(is_edge, number < count[:, None] - 1)),
        meets(first, ops.logical_and(is_edge, number > 1)),
    )
    refused = ops.logical_or(ops.logical_or(taken, is_flat), refused)
    allowed = ops.logical_and(_not_yet(path, is_point), ops.logical_not(refused))
    none_left = ops.logical_not(ops.any(allowed, axis=-1))
    return _or_end(allowed, ops.logical_or(count >= 3, none_left))


def triangles(path: Any, points: Any, is_point: Any) -> Any:
    """Three numbers at a time, which increase; the end between two triangles.

    Example:

    >>> path = ops.convert_to_tensor([[1, 2, 0]])  # the points so far
    >>> points = ops.convert_to_tensor([[[0.0, 0], [1, 0], [1, 1], [0, 1]]])
    >>> allowed = triangles(path, points, ops.ones((1, 4), bool))
    >>> ops.convert_to_numpy(allowed)  # the end, and each point
    array([[False, False, False,  True,  True]])
    """
    count = count_of(path)
    corner = count % 3
    n = ops.sum(ops.cast(is_point, "int32"), axis=-1)
    number = ops.cumsum(ops.ones_like(ops.cast(is_point, "int32")), axis=-1)
    before = ops.where(corner > 0, _last(path, count)[:, 0], 0)
    left = ops.logical_and(number > before[:, None], number <= (n - 2 + corner)[:, None])
    return _or_end(left, ops.logical_and(corner == 0, count > 0))


def most_triangles(n: Any) -> Any:
    """Of n points, h of them on the hull, there are 2 n - 2 - h; none of fewer than three.

    Example:

    >>> [most_triangles(n) for n in (2, 3, 10)]
    [0, 1, 15]
    """
    return max(2 * n - 5, 0) if isinstance(n, int) else ops.maximum(2 * n - 5, 0)


RULES = {
    # Of hulls, tours and lists; no loop without an end.
    "anything": Rule(anything, lambda n: 2 * n + 1),
    "permutation": Rule(permutation, lambda n: n + 1),
    "simple_polygon": Rule(simple_polygon, lambda n: n + 1),
    "triangles": Rule(triangles, lambda n: 3 * most_triangles(n) + 1),
}


def _or_end(points, end):
    return ops.concatenate([end[:, None], points], axis=1)


def count_of(path: Any) -> Any:
    """How many points there are in each path, `(batch,)`.

    Example:

    >>> ops.convert_to_numpy(count_of(ops.convert_to_tensor([[2, 3, 0], [1, 0, 0]])))
    array([2, 1], dtype=int32)
    """
    return ops.sum(ops.cast(path > 0, "int32"), axis=-1)


def _last(path, count):
    """The last number of each path, `(batch, 1)`; 0 of an empty one."""
    return ops.take_along_axis(path, ops.maximum(count - 1, 0)[:, None], axis=1)


def _point(points, numbers):
    """The points of these numbers, from 1; of 0, the first."""
    return ops.take_along_axis(points, ops.maximum(numbers - 1, 0)[..., None], axis=1)


def _not_yet(path, is_point):
    number = ops.cumsum(ops.ones_like(ops.cast(is_point, "int32")), axis=-1)
    is_taken = ops.any(path[:, :, None] == number[:, None], axis=1)
    return ops.logical_and(is_point, ops.logical_not(is_taken))


def _side(p, q, r):
    """On which side of the line from p to q r is: -1, 0 or 1."""
    return ops.sign(
        (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
        - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
    )


def _meet(a, b, c, d):
    """Whether segments a b and c d have a point in common."""
    across = ops.logical_and(
        _side(a, b, c) * _side(a, b, d) <= 0, _side(c, d, a) * _side(c, d, b) <= 0
    )
    # On one line, segments are across each other wherever they lie.
    overlap = ops.logical_and(
        ops.minimum(a, b) <= ops.maximum(c, d), ops.minimum(c, d) <= ops.maximum(a, b)
    )
    return ops.logical_and(across, ops.all(overlap, axis=-1))
