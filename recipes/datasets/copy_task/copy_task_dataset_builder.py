"""The copy task: see a sequence of random bit vectors, then say it again from memory."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# Every split samples from its own stream of random numbers: (SEED, configuration, split).
SEED = 2014_1410


@dataclasses.dataclass
class CopyConfig(tfds.core.BuilderConfig):
    """Sequences of `bits`-wide vectors, `min_length` to `max_length` of them.

    Without `train_examples` there is no training split, only validation and test.
    """

    bits: int = 8
    min_length: int = 1
    max_length: int = 20
    train_examples: int = 0


def copy_config(min_length, max_length, bits=8, train_examples=0):
    """The configuration that holds such sequences, under a name that says which."""
    lengths = (
        f"length_{min_length}"
        if min_length == max_length
        else f"lengths_{min_length}_to_{max_length}"
    )
    name = f"bits_{bits}_{lengths}"
    if train_examples:
        name += f"_train_{train_examples}"
    return CopyConfig(
        name=name,
        bits=bits,
        min_length=min_length,
        max_length=max_length,
        train_examples=train_examples,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Uniformly random bit vectors; the length of a sequence is uniform, too."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        copy_config(1, 20, train_examples=200_000),
        *(copy_config(length, length) for length in (10, 20, 30, 50, 120)),
    ]

    def _info(self):
        shape = (None, self.builder_config.bits)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "vectors": tfds.features.Tensor(shape=shape, dtype=np.uint8),
                    # A batch pads with zeros, which are vectors, too.
                    "length": np.int32,
                }
            ),
            homepage="https://arxiv.org/abs/1410.5401",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        key = (SEED, config.bits, config.min_length, config.max_length, stream)
        random = np.random.default_rng(key)
        lengths = random.integers(config.min_length, config.max_length + 1, size)
        ends = np.cumsum(lengths)
        flat = random.integers(0, 2, (ends[-1], config.bits), dtype=np.uint8)
        for index, (start, end) in enumerate(zip(ends - lengths, ends, strict=True)):
            yield index, {"vectors": flat[start:end], "length": end - start}
