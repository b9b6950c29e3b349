"""Ten symbols to be stored over a long blank, then repeated."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# Every split samples from its own stream of random numbers: (SEED, split).
SEED = 2018_0910
SYMBOLS, LENGTH = 8, 10


@dataclasses.dataclass
class CopyMemoryConfig(tfds.core.BuilderConfig):
    """So many sequences for training; without any there is no such split."""

    train_examples: int = 0


def copy_memory_config(train_examples=0):
    """The configuration of so many sequences, under a name that says how many."""
    name = f"train_{train_examples}" if train_examples else "held_out"
    return CopyMemoryConfig(name=name, train_examples=train_examples)


class Builder(tfds.core.GeneratorBasedBuilder):
    """Ten symbols, uniform from 1 to 8; blanks and marker are the recipe's to lay out."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [copy_memory_config(640_000), copy_memory_config()]

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {"symbols": tfds.features.Tensor(shape=(LENGTH,), dtype=np.uint8)}
            ),
            homepage="https://arxiv.org/abs/1809.03702",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        random = np.random.default_rng((SEED, stream))
        symbols = random.integers(1, SYMBOLS + 1, (size, LENGTH), dtype=np.uint8)
        for row, sequence in enumerate(symbols):
            yield row, {"symbols": sequence}
