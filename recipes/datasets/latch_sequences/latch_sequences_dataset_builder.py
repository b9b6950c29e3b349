"""Sequences whose first character is their label, and the others distractors."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# A split samples from (SEED, its configuration, its number).
SEED = 1997_1115
LABELS = 2
TRAIN_EXAMPLES, HELD_OUT_EXAMPLES = 3_072, 1_024


@dataclasses.dataclass
class LatchConfig(tfds.core.BuilderConfig):
    """Sequences of `length` out of so many `characters`, the labels among them."""

    length: int = 32
    characters: int = 20


def latch_config(length=32, characters=20):
    """The configuration of such sequences, under a name that says which.

    Raises:
        ValueError: No character is left for distractors.
    """
    if characters <= LABELS:
        raise ValueError(f"Expected more than {LABELS} characters. Received: {characters}")
    name = f"length_{length}_characters_{characters}"
    return LatchConfig(name=name, length=length, characters=characters)


class Builder(tfds.core.GeneratorBasedBuilder):
    """Characters by number: of a sequence the first is 0 or 1, the others are from 2 on."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [latch_config()]

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "items": tfds.features.Tensor(
                        shape=(self.builder_config.length,), dtype=np.int32
                    ),
                    "label": np.int32,
                }
            ),
            homepage="https://github.com/ml-jku/hopfield-layers",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, TRAIN_EXAMPLES, HELD_OUT_EXAMPLES)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        random = np.random.default_rng((SEED, config.length, config.characters, stream))
        items = random.integers(LABELS, config.characters, (size, config.length))
        items[:, 0] = random.permutation(np.arange(size) % LABELS)
        for row, sequence in enumerate(items.astype("int32")):
            yield row, {"items": sequence, "label": sequence[0]}
