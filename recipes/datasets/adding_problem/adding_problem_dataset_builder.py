"""The adding problem: two numbers of a long sequence are marked; what is their sum?"""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# Every split samples from its own stream of random numbers: (SEED, length, split).
SEED = 1997_1735


@dataclasses.dataclass
class AddingConfig(tfds.core.BuilderConfig):
    """Sequences of so many numbers.

    Without `train_examples` there is no training split, only validation and test.
    """

    length: int = 200
    train_examples: int = 0


def adding_config(length, train_examples=0):
    """The configuration that holds such sequences, under a name that says which.

    Raises:
        ValueError: A half of the sequence is empty.
    """
    if length < 2:
        raise ValueError(f"Expected a length of at least 2. Received: {length}")
    name = f"length_{length}"
    if train_examples:
        name += f"_train_{train_examples}"
    return AddingConfig(name=name, length=length, train_examples=train_examples)


def additions(random, size, length):
    """Arrays of so many examples, by name."""
    half = length // 2
    values = random.random((size, length), dtype=np.float32)
    marks = random.integers([0, half], [half, length], (size, 2), dtype=np.int32)
    sums = np.take_along_axis(values, marks, axis=1).sum(axis=1)
    return {"values": values, "marks": marks, "sum": sums}


class Builder(tfds.core.GeneratorBasedBuilder):
    """Numbers, uniform from 0 to 1; one of each half of the sequence is marked."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        adding_config(length, train_examples=50_000) for length in (100, 200, 400)
    ]

    def _info(self):
        values = tfds.features.Tensor(shape=(self.builder_config.length,), dtype=np.float32)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "values": values,
                    # From 0, in the order of the sequence.
                    "marks": tfds.features.Tensor(shape=(2,), dtype=np.int32),
                    "sum": np.float32,
                }
            ),
            homepage="https://doi.org/10.1162/neco.1997.9.8.1735",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        length = self.builder_config.length
        examples = additions(np.random.default_rng((SEED, length, stream)), size, length)
        for row in range(size):
            yield row, {name: array[row] for name, array in examples.items()}
