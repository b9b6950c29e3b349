"""Numbers and their order."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..pointing import PointingBuilder, PointingConfig, config_name, finite_points


@dataclasses.dataclass
class NumberConfig(PointingConfig):
    """Numbers of so many decimals, all different; of any precision without."""

    decimals: int = 2


def number_config(min_points, max_points, train_examples=0, decimals=2):
    """The configuration that holds such numbers, under a name that says which."""
    name = config_name(min_points, max_points, train_examples)
    return NumberConfig(
        name=f"{name}_decimals_{decimals}" if decimals else name,
        min_points=min_points,
        max_points=max_points,
        train_examples=train_examples,
        decimals=decimals,
    )


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
    """Random numbers from 0 to 1, and their order."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        number_config(5, 10, train_examples=200_000),
        *(number_config(n, n, decimals=d) for d in (2, 0) for n in (5, 10, 15)),
    ]
    homepage = "https://arxiv.org/abs/1511.06391"
    dim = 1
    seed = 2015_1119
    answer = staticmethod(ascending)

    def draw(self, random, shape):
        count, most, _ = shape
        steps = 10**self.builder_config.decimals
        if steps == 1:
            return super().draw(random, shape)
        if most > steps:
            raise ValueError(f"Expected up to {steps} different numbers. Received: {most}")
        sampled = [random.choice(steps, most, replace=False) for _ in range(count)]
        return np.float32(sampled)[..., None] / np.float32(steps)
