"""Points in the unit square and the triangles of their Delaunay triangulation."""

import numpy as np
import scipy.spatial
import tensorflow_datasets as tfds

from ..pointing import PointingBuilder, by_qhull, pointing_config


def incentres(points, triangles):
    """The centre of each triangle's inscribed circle: its corners' mean by opposite sides.

    Args:
        points: Shape `(n, 2)`.
        triangles: Numbers of points, from 0, shape `(triangles, 3)`.

    Returns:
        Shape `(triangles, 2)`.
    """
    corners = np.asarray(points, "float64")[triangles]
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - np.roll(corners, 1, axis=1), axis=2)
    return (sides[..., None] * corners).sum(axis=1) / sides.sum(axis=1, keepdims=True)


def delaunay_triangulation(points):
    """The triangles, one after the other, by their incentres, the leftmost first.

    Args:
        points: Shape `(n, 2)`.

    Returns:
        Numbers of points, from 0, three for each triangle, which increase.

    Raises:
        ValueError: There are fewer than three points, all lie on one line, or a coordinate is
            not finite. A point that comes again is in no triangle.
    """
    triangles = by_qhull(scipy.spatial.Delaunay, points).simplices
    triangles = np.sort(triangles, axis=1)
    x, y = incentres(points, triangles).T
    return triangles[np.lexsort((y, x))].ravel()


class Builder(PointingBuilder):
    """Uniformly random points, and the triangles between them."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        *(pointing_config(n, n, train_examples=1_000_000) for n in (5, 10)),
        pointing_config(50, 50),
    ]
    homepage = "https://arxiv.org/abs/1506.03134"
    seed = 2015_0603_2
    answer = staticmethod(delaunay_triangulation)
