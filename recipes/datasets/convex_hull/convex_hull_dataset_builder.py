"""Points in the unit square and those on their convex hull."""

import numpy as np
import scipy.spatial
import tensorflow_datasets as tfds

from ..pointing import PointingBuilder, by_qhull, pointing_config


def convex_hull(points):
    """The vertices of the hull, counter-clockwise from the one of the lowest number.

    Args:
        points: Shape `(n, 2)`.

    Returns:
        Numbers of points, from 0.

    Raises:
        ValueError: There are fewer than three points, all lie on one line, or a coordinate is
            not finite. Points on an edge of the hull, and a point that comes again, are no
            vertices.
    """
    vertices = by_qhull(scipy.spatial.ConvexHull, points).vertices
    return np.roll(vertices, -vertices.argmin())


class Builder(PointingBuilder):
    """Uniformly random points, and their convex hull."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        pointing_config(5, 20, train_examples=1_000_000),
        *(pointing_config(n, n) for n in (5, 10, 20, 50, 100, 200)),
    ]
    homepage = "https://arxiv.org/abs/1506.03134"
    seed = 2015_0603_1
    answer = staticmethod(convex_hull)
