from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.copy_task import copy_task_dataset_builder as copy_task


class CopyTaskTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder, on its smallest configuration."""

    DATASET_CLASS = copy_task.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["bits_8_length_10"]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(copy_task.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def splits():
    config = copy_task.copy_config(2, 5, bits=3, train_examples=300)
    return {s: load(copy_task.Builder, config, s) for s in ("train", "validation", "test")}


def test_sequences_are_of_the_configured_shape(splits):
    train = splits["train"]
    assert train["vectors"].shape == (300, 5, 3)
    assert len(splits["validation"]["length"]) == len(splits["test"]["length"]) == 1_000
    assert set(train["length"]) == {2, 3, 4, 5}
    assert set(np.unique(train["vectors"])) == {0, 1}
    beyond = np.arange(5) >= train["length"][:, None]
    assert not train["vectors"][beyond].any()


def test_bits_are_fair(splits):
    inside = np.arange(5) < splits["test"]["length"][:, None]
    assert abs(splits["test"]["vectors"][inside].mean() - 0.5) < 0.03


def test_splits_are_streams_of_their_own(splits):
    length = splits["validation"]["length"]
    assert not np.array_equal(length, splits["test"]["length"])
    assert not np.array_equal(length[:300], splits["train"]["length"])


def test_the_streams_are_those_of_this_version(splits):
    """Other numbers mean another version: prepared data and trained presets hang on them."""
    sums = {}
    for split, arrays in splits.items():
        places = np.arange(arrays["vectors"].size).reshape(arrays["vectors"].shape)
        sums[split] = int((arrays["vectors"] * places).sum())
    assert copy_task.Builder.VERSION == "1.0.0"
    assert sums == {"train": 3_452_520, "validation": 39_173_303, "test": 39_956_706}


def test_generation_is_seeded(tmp_path):
    config = copy_task.copy_config(2, 2, bits=4)
    arrays = []
    for folder in ("a", "b"):
        builder = copy_task.Builder(config=config, data_dir=tmp_path / folder)
        examples = builder._generate_examples(stream=2, size=50)
        arrays.append(np.array([example["vectors"] for _, example in examples]))
    np.testing.assert_array_equal(*arrays)
