"""Cities in the unit square and the shortest tour through them."""

import fast_tsp
import numpy as np
import tensorflow_datasets as tfds

from ..pointing import PointingBuilder, finite_points, from_lowest, pointing_config

# Up to so many cities, the solver finds the shortest tour of all in about a millisecond; of
# some more it would, too, in a hundred.
EXACT = 15
DOUBLED = 20  # of more up to so many, each city is there twice: they are searched like many
# The solver searches, with cities twice and without: see `benchmarks/tours.py`.
SECONDS_DOUBLED, SECONDS = 0.005, 0.03
FARTHEST = 60_000  # the longest way as the solver gets it, in whole numbers


def tour(points):
    """The shortest way through all points and back, counter-clockwise from the first.

    Of up to 15 points it is the shortest of all, but for the rounding of each distance, by
    less than a hundred thousandth of the longest. Of more it is the best that a search of
    5 milliseconds finds, of more than 20 one of 30, which may be another on a busy machine.

    Args:
        points: Shape `(n, 2)`.

    Returns:
        Numbers of points, from 0, each once.

    Raises:
        ValueError: A coordinate is not finite.
    """
    points = finite_points(points)
    if len(points) < 3:
        return np.arange(len(points))
    return from_lowest(points, _solved(points))


def _solved(points):
    """The tour, from anywhere in any direction."""
    copies, seconds = (2, SECONDS_DOUBLED) if EXACT < len(points) <= DOUBLED else (1, SECONDS)
    points = np.tile(points, (copies, 1))
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    whole = np.rint(distances * (FARTHEST / max(distances.max(), 1e-12))).astype(int)
    way = np.array(fast_tsp.find_tour(whole.tolist(), seconds)) % (len(points) // copies)
    _, first = np.unique(way, return_index=True)
    return way[np.sort(first)]


class Builder(PointingBuilder):
    """Uniformly random cities, and the shortest tour."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        pointing_config(5, 10, train_examples=1_000_000),
        *(pointing_config(n, n) for n in (5, 10, 20, 50)),
    ]
    homepage = "https://arxiv.org/abs/1506.03134"
    seed = 2015_0603_3
    answer = staticmethod(tour)
