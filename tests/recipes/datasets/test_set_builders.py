"""Bags of bit patterns and latch sequences are as their papers define them."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.bit_patterns import (
    bit_patterns_dataset_builder as bit_patterns,
)
from keras_memory.recipes.datasets.latch_sequences import (
    latch_sequences_dataset_builder as latch_sequences,
)

SPLITS = "train", "validation", "test"


class BitPatternsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = bit_patterns.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["items_16_bits_8_signals_8"]
    EXAMPLES = 20
    SPLITS = {"train": 20, "validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(bit_patterns.__file__).parent)
    SKIP_CHECKSUMS = True


class LatchSequencesTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = latch_sequences.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["length_32_characters_20"]
    EXAMPLES = 20
    SPLITS = {"train": 20, "validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(latch_sequences.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def bags():
    config = bit_patterns.bit_pattern_config(items=5, bits=4, signals=3)
    return {split: load(bit_patterns.Builder, config, split) for split in SPLITS}


@pytest.fixture(scope="module")
def sequences():
    config = latch_sequences.latch_config(length=6, characters=5)
    return {split: load(latch_sequences.Builder, config, split) for split in SPLITS}


def test_half_of_the_bags_hold_one_signal(bags):
    """The same three patterns in every split, which no other item ever is."""
    signals, others = set(), set()
    for arrays in bags.values():
        patterns = arrays["items"] @ (1 << np.arange(4))
        is_signal = np.arange(5) == arrays["signal"][:, None]
        np.testing.assert_array_equal(is_signal.sum(axis=1), arrays["label"])
        assert arrays["label"].mean() == 0.5
        assert set(arrays["signal"]) == {-1, 0, 1, 2, 3, 4}
        signals |= set(patterns[is_signal])
        others |= set(patterns[~is_signal])
    assert len(signals) == 3
    assert len(others) == 13
    assert not signals & others


def test_the_first_character_is_the_label(sequences):
    for arrays in sequences.values():
        np.testing.assert_array_equal(arrays["items"][:, 0], arrays["label"])
        assert arrays["label"].mean() == 0.5
        assert set(arrays["items"][:, 1:].ravel()) == {2, 3, 4}


def test_splits_are_of_these_sizes(bags, sequences):
    assert [len(arrays["label"]) for arrays in bags.values()] == [1_536, 512, 512]
    assert [len(arrays["label"]) for arrays in sequences.values()] == [3_072, 1_024, 1_024]


@pytest.mark.parametrize("splits", ["bags", "sequences"])
def test_splits_are_streams_of_their_own(splits, request):
    one, *others = request.getfixturevalue(splits).values()
    for other in others:
        assert not np.array_equal(one["items"][: len(other["items"])], other["items"])


def test_something_must_be_left_for_other_items():
    with pytest.raises(ValueError, match="fewer than 8 signals. Received: 8"):
        bit_patterns.bit_pattern_config(items=2, bits=3, signals=8)
    with pytest.raises(ValueError, match="more than 2 characters. Received: 2"):
        latch_sequences.latch_config(characters=2)
