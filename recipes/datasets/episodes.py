"""Episodes of an algorithmic task: what a machine sees at each step, and what it must answer.

    inputs    (steps, channels)   zeros where nothing is shown
    targets   (steps, bits)       zeros where there is no question
    counts    (steps,)            1 where the cost is taken

An episode has sizes, as the number of its vectors; each is uniformly random in a range.
"""

import abc
import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from . import builder_of
from .generated import split_generators
from .records import padded


@dataclasses.dataclass
class EpisodeConfig(tfds.core.BuilderConfig):
    """Episodes of vectors of so many `bits`, and of sizes in these ranges, by name.

    Without `train_examples` there is no training split, only validation and test.
    """

    bits: int = 8
    ranges: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    train_examples: int = 0


def episode_config(bits, train_examples=0, **ranges):
    """The configuration that holds such episodes, under a name that says which.

    Args:
        bits: Width of a vector.
        train_examples: Episodes of the training split.
        **ranges: Of each size the lowest and the highest number, or the only one.
    """
    ranges = {n: r if isinstance(r, tuple) else (r, r) for n, r in ranges.items()}
    parts = [f"bits_{bits}"]
    for name, (least, most) in ranges.items():
        parts.append(f"{name}_{least}" if least == most else f"{name}_{least}_to_{most}")
    if train_examples:
        parts.append(f"train_{train_examples}")
    return EpisodeConfig(
        name="_".join(parts), bits=bits, ranges=ranges, train_examples=train_examples
    )


class EpisodeBuilder(tfds.core.GeneratorBasedBuilder, abc.ABC, skip_registration=True):
    """Episodes, each split from its own stream of random numbers.

    A subclass says `seed`, `homepage`, how many `channels` and `outputs` there are, and what
    an `episode` is.
    """

    @staticmethod
    @abc.abstractmethod
    def channels(bits):
        """Numbers of an input."""

    @staticmethod
    def outputs(bits):
        """Bits of a target."""
        return bits

    @abc.abstractmethod
    def episode(self, random, **sizes):
        """`(inputs, targets, counts)` of one episode of these sizes."""

    def _info(self):
        feature, bits = tfds.features.Tensor, self.builder_config.bits
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "inputs": feature(shape=(None, self.channels(bits)), dtype=np.float32),
                    "targets": feature(shape=(None, self.outputs(bits)), dtype=np.uint8),
                    "counts": feature(shape=(None,), dtype=np.uint8),
                    **{name: np.int32 for name in self.builder_config.ranges},
                }
            ),
            homepage=self.homepage,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        ranges = [number for ends in config.ranges.values() for number in ends]
        random = np.random.default_rng((self.seed, config.bits, *ranges, stream))
        for index in range(size):
            yield index, self.sample(random)

    def sample(self, random):
        """One episode, with its sizes, by name."""
        sizes = {
            name: int(random.integers(least, most + 1))
            for name, (least, most) in self.builder_config.ranges.items()
        }
        inputs, targets, counts = self.episode(random, **sizes)
        return {"inputs": inputs, "targets": targets, "counts": counts, **sizes}

    def empty(self, steps):
        """`(inputs, targets, counts)` of so many steps in which nothing happens."""
        bits = self.builder_config.bits
        return (
            np.zeros((steps, self.channels(bits)), "float32"),
            np.zeros((steps, self.outputs(bits)), "uint8"),
            np.zeros(steps, "uint8"),
        )


def sampled(builder_class, config, random, count):
    """So many episodes of a configuration, as `load` gives those of a split.

    Args:
        builder_class: An `EpisodeBuilder`.
        config: An `EpisodeConfig`.
        random: A `numpy.random.Generator`.
        count: How many.
    """
    builder = builder_of(builder_class, config)
    examples = [builder.sample(random) for _ in range(count)]
    return {
        name: padded([example[name] for example in examples], feature.np_dtype)
        for name, feature in builder.info.features.items()
    }


def random_bits(random, *shape):
    """Bits, one with probability one half."""
    return random.integers(0, 2, shape, dtype=np.uint8)
