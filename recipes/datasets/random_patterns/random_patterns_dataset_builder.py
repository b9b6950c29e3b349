"""Random patterns of ±1, and cues for them."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

# A split samples from (SEED, its configuration, its number); all share the patterns.
SEED = 1982_0415
SPLITS = "train", "validation", "test"


@dataclasses.dataclass
class PatternConfig(tfds.core.BuilderConfig):
    """So many patterns of so many units; of each cue, some are turned."""

    units: int = 100
    patterns: int = 10
    turned: int = 10


def pattern_config(units, patterns, turned):
    """The configuration of such patterns, under a name that says which.

    Raises:
        ValueError: More units of a cue are to be turned than it has.
    """
    if turned > units:
        raise ValueError(f"Expected up to {units} units to be turned. Received: {turned}")
    return PatternConfig(
        name=f"units_{units}_patterns_{patterns}_turned_{turned}",
        units=units,
        patterns=patterns,
        turned=turned,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """The same patterns in every split: their own cues, to be stored, or with some turned."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [pattern_config(100, 10, 10), pattern_config(1000, 100, 100)]

    def _info(self):
        pattern = tfds.features.Tensor(shape=(self.builder_config.units,), dtype=np.int8)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"cue": pattern, "pattern": pattern}),
            homepage="https://doi.org/10.1073/pnas.79.8.2554",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(i) for i, split in enumerate(SPLITS)}

    def _generate_examples(self, stream):
        config = self.builder_config
        shape = config.patterns, config.units
        patterns = np.random.default_rng((SEED, *shape)).choice(np.int8([-1, 1]), shape)
        random = np.random.default_rng((SEED, *shape, config.turned, stream))
        turned = config.turned if stream else 0
        for row, pattern in enumerate(patterns):
            cue = pattern.copy()
            cue[random.choice(config.units, turned, replace=False)] *= -1
            yield row, {"cue": cue, "pattern": pattern}
