"""Numbers and their order."""

import numpy as np
import tensorflow_datasets as tfds

from ..pointing import PointingBuilder, finite_points, pointing_config


def ascending(numbers):
    """The order of numbers, the lowest first; of equal ones the first comes first.

    Args:
        numbers: Shape `(n, 1)`.

    Returns:
        Where they are, from 0.

    Raises:
        ValueError: A number is not finite.
    """
    return np.argsort(finite_points(numbers)[:, 0], kind="stable")


class Builder(PointingBuilder):
    """Uniformly random numbers from 0 to 1, and their order."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        pointing_config(5, 10, train_examples=200_000),
        *(pointing_config(n, n) for n in (5, 10, 15)),
    ]
    homepage = "https://arxiv.org/abs/1511.06391"
    dim = 1
    seed = 2015_1119
    answer = staticmethod(ascending)
