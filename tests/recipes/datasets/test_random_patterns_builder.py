from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.random_patterns import (
    random_patterns_dataset_builder as random_patterns,
)


class RandomPatternsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder, on its smallest configuration."""

    DATASET_CLASS = random_patterns.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["units_100_patterns_10_turned_10"]
    SPLITS = {"train": 10, "validation": 10, "test": 10}
    EXAMPLE_DIR = str(Path(random_patterns.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def splits():
    config = random_patterns.pattern_config(60, 20, 7)
    builder = random_patterns.Builder
    return {split: load(builder, config, split) for split in random_patterns.SPLITS}


def test_every_split_has_the_same_patterns(splits):
    patterns = splits["train"]["pattern"]
    assert patterns.shape == (20, 60)
    assert set(np.unique(patterns)) == {-1, 1}
    for arrays in splits.values():
        np.testing.assert_array_equal(arrays["pattern"], patterns)
    np.testing.assert_array_equal(splits["train"]["cue"], patterns)


def test_so_many_units_of_a_cue_are_turned(splits):
    turned = [splits[s]["cue"] != splits[s]["pattern"] for s in ("validation", "test")]
    for units in turned:
        np.testing.assert_array_equal(units.sum(axis=-1), 7)
    assert not np.array_equal(*turned)


def test_no_more_than_there_are():
    with pytest.raises(ValueError, match="Expected up to 5 units to be turned. Received: 6"):
        random_patterns.pattern_config(5, 2, 6)
