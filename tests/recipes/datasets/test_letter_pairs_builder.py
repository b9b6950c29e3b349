from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.letter_pairs import (
    letter_pairs_dataset_builder as letter_pairs,
)


class LetterPairsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder, on its smallest configuration."""

    DATASET_CLASS = letter_pairs.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["pairs_3_turned_0.1"]
    SPLITS = {"train": 3, "validation": 300, "test": 300}
    EXAMPLE_DIR = str(Path(letter_pairs.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def splits():
    config, builder = letter_pairs.letter_config(4, 0.2), letter_pairs.Builder
    return {split: load(builder, config, split) for split in letter_pairs.SPLITS}


def test_every_letter_has_the_size_of_its_side():
    images = letter_pairs.letters()
    assert sorted("".join(letter_pairs.PAIRS)) == sorted(images)
    assert len(images) == 26
    for first, second in letter_pairs.PAIRS:
        assert images[first].shape == letter_pairs.FIRST
        assert images[second].shape == letter_pairs.SECOND
    assert len({image.tobytes() for image in images.values()}) == 26
    assert all(set(np.unique(image)) == {-1, 1} for image in images.values())


def test_every_split_has_the_same_pairs(splits):
    assert splits["train"]["letters"].tolist() == [b"SE", b"MV", b"GN", b"AO"]
    for side in ("first", "second"):
        stored = splits["train"][side]
        np.testing.assert_array_equal(splits["train"][f"{side}_cue"], stored)
        for split in ("validation", "test"):
            np.testing.assert_array_equal(splits[split][side], np.tile(stored, (100, 1, 1)))


def test_such_a_share_of_the_points_of_a_cue_is_turned(splits):
    for side, points in (("first", 28), ("second", 22)):
        turned = [
            splits[split][f"{side}_cue"] != splits[split][side]
            for split in ("validation", "test")
        ]
        for images in turned:
            np.testing.assert_array_equal(images.sum(axis=(1, 2)), points)
        assert not np.array_equal(*turned)


@pytest.mark.parametrize(
    ("pairs", "turned", "message"),
    [
        (14, 0.1, "Expected 1 to 13 pairs. Received: 14"),
        (0, 0.1, "Expected 1 to 13 pairs. Received: 0"),
        (3, 1.5, "Expected a share from 0 to 1 to be turned. Received: 1.5"),
    ],
)
def test_what_there_is_not(pairs, turned, message):
    with pytest.raises(ValueError, match=message):
        letter_pairs.letter_config(pairs, turned)
