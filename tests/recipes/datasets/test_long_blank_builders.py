"""Symbols to be copied and numbers to be added are as their papers define them."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.adding_problem import (
    adding_problem_dataset_builder as adding_problem,
)
from keras_memory.recipes.datasets.copy_memory import (
    copy_memory_dataset_builder as copy_memory,
)

SPLITS = "train", "validation", "test"


class CopyMemoryTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = copy_memory.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["held_out"]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(copy_memory.__file__).parent)
    SKIP_CHECKSUMS = True


class AddingProblemTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = adding_problem.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [adding_problem.adding_config(6)]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(adding_problem.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def symbols():
    config = copy_memory.copy_memory_config(300)
    return {s: load(copy_memory.Builder, config, s)["symbols"] for s in SPLITS}


@pytest.fixture(scope="module")
def sequences():
    config = adding_problem.adding_config(7, train_examples=300)
    return {split: load(adding_problem.Builder, config, split) for split in SPLITS}


def test_ten_symbols_of_eight(symbols):
    assert {split: array.shape for split, array in symbols.items()} == {
        "train": (300, 10),
        "validation": (1_000, 10),
        "test": (1_000, 10),
    }
    values, counts = np.unique(symbols["test"], return_counts=True)
    assert values.tolist() == list(range(1, 9))
    np.testing.assert_allclose(counts / counts.sum(), 1 / 8, atol=0.02)


def test_what_is_held_out_does_not_depend_on_training(symbols):
    held_out = load(copy_memory.Builder, copy_memory.copy_memory_config(), "test")
    np.testing.assert_array_equal(held_out["symbols"], symbols["test"])


def test_the_marked_numbers_add_up(sequences):
    for arrays in sequences.values():
        values, marks = arrays["values"], arrays["marks"]
        rows = np.arange(len(values))
        expected = values[rows, marks[:, 0]] + values[rows, marks[:, 1]]
        np.testing.assert_array_equal(arrays["sum"], expected)


def test_each_half_of_a_sequence_has_a_mark(sequences):
    values, marks = sequences["test"]["values"], sequences["test"]["marks"]
    assert values.shape == (1_000, 7)
    assert values.dtype == "float32"
    assert values.min() >= 0
    assert values.max() <= 1
    assert abs(values.mean() - 0.5) < 0.02
    for half, places in zip(marks.T, ([0, 1, 2], [3, 4, 5, 6]), strict=True):
        found, counts = np.unique(half, return_counts=True)
        assert found.tolist() == places
        np.testing.assert_allclose(counts / 1_000, 1 / len(places), atol=0.05)


def test_splits_are_streams_of_their_own(symbols, sequences):
    for train, *others in (
        symbols.values(),
        [arrays["values"] for arrays in sequences.values()],
    ):
        for other in others:
            assert not np.array_equal(train, other[:300])
        assert not np.array_equal(*others)


def test_the_streams_are_those_of_this_version(symbols, sequences):
    """Other numbers mean another version: prepared data and trained presets hang on them."""
    places = np.arange(1, 11)
    sums = {split: int((array * places).sum()) for split, array in symbols.items()}
    assert copy_memory.Builder.VERSION == "1.0.0"
    assert sums == {"train": 74_038, "validation": 245_297, "test": 250_113}
    sums = {split: float(arrays["sum"].sum()) for split, arrays in sequences.items()}
    assert adding_problem.Builder.VERSION == "1.0.0"
    assert sums == pytest.approx({"train": 301.894, "validation": 990.820, "test": 997.710})


def test_a_sequence_has_two_halves():
    with pytest.raises(ValueError, match="length of at least 2. Received: 1"):
        adding_problem.adding_config(1)
