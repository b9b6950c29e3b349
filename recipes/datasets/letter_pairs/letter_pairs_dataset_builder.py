"""Pairs of letters, a larger and a smaller one, and cues for them."""

import dataclasses
import functools
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

# The first three are Kosko's; a letter is in one pair alone.
PAIRS = "SE", "MV", "GN", "AO", "BP", "CQ", "DR", "FT", "HU", "IW", "JX", "KY", "LZ"
FIRST, SECOND = (14, 10), (12, 9)  # rows and columns
CUES = 100  # of each pair
# A split samples from (SEED, its configuration, its number); all share the pairs.
SEED = 1988_0102
SPLITS = "train", "validation", "test"


@dataclasses.dataclass
class LetterConfig(tfds.core.BuilderConfig):
    """The first so many of PAIRS; of each side of a cue, a fraction of points is turned."""

    pairs: int = 3
    turned: float = 0.1


def letter_config(pairs, turned):
    """The configuration of so many pairs, under a name that says which.

    Raises:
        ValueError: There are fewer pairs, or `turned` is not a share.
    """
    if not 1 <= pairs <= len(PAIRS):
        raise ValueError(f"Expected 1 to {len(PAIRS)} pairs. Received: {pairs}")
    if not 0 <= turned <= 1:
        raise ValueError(f"Expected a share from 0 to 1 to be turned. Received: {turned}")
    return LetterConfig(
        name=f"pairs_{pairs}_turned_{turned:g}", pairs=pairs, turned=float(turned)
    )


@functools.cache
def letters():
    """Every letter as an image of ±1, by its name: the first of a pair larger."""
    text = Path(__file__).with_name("letters.txt").read_text("ascii")
    blocks = (block.split() for block in text.strip().split("\n\n"))
    return {
        name: np.int8([[1 if point == "#" else -1 for point in row] for row in rows])
        for name, *rows in blocks
    }


class Builder(tfds.core.GeneratorBasedBuilder):
    """The same pairs in every split: themselves, to be stored, or with points turned."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [letter_config(3, 0.1)]

    def _info(self):
        first, second = (
            tfds.features.Tensor(shape=shape, dtype=np.int8) for shape in (FIRST, SECOND)
        )
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "letters": tfds.features.Text(),
                    "first": first,
                    "second": second,
                    "first_cue": first,
                    "second_cue": second,
                }
            ),
            homepage="https://doi.org/10.1109/21.87054",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(i) for i, split in enumerate(SPLITS)}

    def _generate_examples(self, stream):
        config = self.builder_config
        thousandths = round(1000 * config.turned)
        random = np.random.default_rng((SEED, config.pairs, thousandths, stream))
        pairs = PAIRS[: config.pairs] * (CUES if stream else 1)
        for row, pair in enumerate(pairs):
            first, second = (letters()[name] for name in pair)
            turned = config.turned if stream else 0
            yield (
                row,
                {
                    "letters": pair,
                    "first": first,
                    "second": second,
                    "first_cue": turn(first, turned, random),
                    "second_cue": turn(second, turned, random),
                },
            )


def turn(image, share, random):
    """The image with such a fraction of its points turned, from a generator of numbers."""
    turned = np.arange(image.size) < round(share * image.size)
    return np.where(random.permutation(turned).reshape(image.shape), -image, image)
