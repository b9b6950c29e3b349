from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.symbol_sequences import (
    symbol_sequences_dataset_builder as symbol_sequences,
)


class SymbolSequencesTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder, on its smallest configuration."""

    DATASET_CLASS = symbol_sequences.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["symbols_30_length_10"]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(symbol_sequences.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def splits():
    config = symbol_sequences.symbol_config(4, symbols=6, train_examples=3_000)
    builder = symbol_sequences.Builder
    return {s: load(builder, config, s) for s in ("train", "validation", "test")}


def test_symbols_are_uniform_and_repeats_two_or_three(splits):
    train = splits["train"]
    assert train["symbols"].shape == (3_000, 4)
    assert len(splits["validation"]["repeats"]) == len(splits["test"]["repeats"]) == 1_000
    fractions = np.bincount(train["symbols"].ravel(), minlength=7) / 12_000
    assert fractions[0] == 0 and np.abs(fractions[1:] - 1 / 6).max() < 0.02
    assert set(train["repeats"]) == {2, 3} and abs(train["repeats"].mean() - 2.5) < 0.03


def test_splits_are_streams_of_their_own(splits):
    assert (splits["validation"]["symbols"] != splits["test"]["symbols"]).any()
    assert (splits["validation"]["symbols"] != splits["train"]["symbols"][:1000]).any()


def test_the_streams_are_those_of_this_version(splits):
    """Other numbers mean another version: prepared data and trained presets hang on them."""
    sums = {}
    for split, arrays in splits.items():
        places = np.arange(arrays["symbols"].size).reshape(arrays["symbols"].shape)
        sums[split] = int((arrays["symbols"] * places).sum())
    assert symbol_sequences.Builder.VERSION == "1.0.0"
    assert sums == {"train": 253_727_203, "validation": 28_320_090, "test": 27_708_862}
