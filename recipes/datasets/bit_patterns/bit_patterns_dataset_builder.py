"""Bags of bit patterns: does one of them hold a signal?"""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# The signals draw from (SEED, configuration); a split from (SEED, configuration, its number).
SEED = 2020_0716
TRAIN_EXAMPLES, HELD_OUT_EXAMPLES = 1_536, 512


@dataclasses.dataclass
class BitPatternConfig(tfds.core.BuilderConfig):
    """Bags of `items` patterns of `bits` bits, of which `signals` are signals."""

    items: int = 16
    bits: int = 8
    signals: int = 8


def bit_pattern_config(items=16, bits=8, signals=8):
    """The configuration of such bags, under a name that says which.

    Raises:
        ValueError: No pattern of so many bits is left beside the signals.
    """
    if signals >= 2**bits:
        raise ValueError(f"Expected fewer than {2**bits} signals. Received: {signals}")
    name = f"items_{items}_bits_{bits}_signals_{signals}"
    return BitPatternConfig(name=name, items=items, bits=bits, signals=signals)


def signals_and_others(config):
    """The patterns that are signals, and the others, each as the number that its bits are."""
    key = SEED, config.items, config.bits, config.signals
    patterns = np.random.default_rng(key).permutation(2**config.bits)
    return np.split(patterns, [config.signals])


class Builder(tfds.core.GeneratorBasedBuilder):
    """In half of the bags, one item is a signal; no other item ever is."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [bit_pattern_config()]

    def _info(self):
        config = self.builder_config
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "items": tfds.features.Tensor(
                        shape=(config.items, config.bits), dtype=np.uint8
                    ),
                    "label": np.int32,
                    # Which item is a signal; -1 if none.
                    "signal": np.int32,
                }
            ),
            homepage="https://github.com/ml-jku/hopfield-layers",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, TRAIN_EXAMPLES, HELD_OUT_EXAMPLES)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        key = SEED, config.items, config.bits, config.signals
        signals, others = signals_and_others(config)
        random = np.random.default_rng((*key, stream))
        bags = random.choice(others, (size, config.items))
        labels = random.permutation(np.arange(size) % 2)
        places = np.where(labels, random.integers(0, config.items, size), -1)
        rows = np.flatnonzero(labels)
        bags[rows, places[rows]] = random.choice(signals, len(rows))
        bits = bags[..., None] >> np.arange(config.bits) & 1
        for row in range(size):
            yield (
                row,
                {
                    "items": bits[row].astype("uint8"),
                    "label": labels[row],
                    "signal": places[row],
                },
            )
