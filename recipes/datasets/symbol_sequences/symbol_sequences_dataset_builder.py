"""Sequences of random symbols, to be copied, reversed or repeated."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# Every split samples from its own stream of random numbers: (SEED, configuration, split).
SEED = 2015_0505
REPEATS = 2, 3


@dataclasses.dataclass
class SymbolConfig(tfds.core.BuilderConfig):
    """Sequences of `length` out of so many symbols.

    Without `train_examples` there is no training split, only validation and test.
    """

    symbols: int = 30
    length: int = 10
    train_examples: int = 0


def symbol_config(length, symbols=30, train_examples=0):
    """The configuration that holds such sequences, under a name that says which."""
    name = f"symbols_{symbols}_length_{length}"
    if train_examples:
        name += f"_train_{train_examples}"
    return SymbolConfig(
        name=name, symbols=symbols, length=length, train_examples=train_examples
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Uniformly random symbols from 1; `repeats` is 2 or 3, as likely either."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        symbol_config(10, train_examples=100_000),
        *(symbol_config(length) for length in (10, 20, 50)),
    ]

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "symbols": tfds.features.Tensor(
                        shape=(self.builder_config.length,), dtype=np.int32
                    ),
                    "repeats": np.int32,
                }
            ),
            homepage="https://arxiv.org/abs/1505.00521",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        random = np.random.default_rng((SEED, config.symbols, config.length, stream))
        shape = (size, config.length)
        symbols = random.integers(1, config.symbols + 1, shape, dtype=np.int32)
        repeats = random.integers(REPEATS[0], REPEATS[1] + 1, size, dtype=np.int32)
        for index in range(size):
            yield index, {"symbols": symbols[index], "repeats": repeats[index]}
