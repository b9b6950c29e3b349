from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.transduction import TASKS
from keras_memory.recipes.datasets.transduction import transduction_dataset_builder as builder


class TransductionTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder, on a configuration without training."""

    DATASET_CLASS = builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["copy_symbols_128_length_65_to_128"]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(builder.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def splits():
    config = builder.transduction_config("reversal", (3, 6), 9, train_examples=3_000)
    return {s: load(builder.Builder, config, s) for s in ("train", "validation", "test")}


def test_lengths_and_symbols_are_uniform(splits):
    source = splits["train"]["source"]
    lengths = np.bincount((source > 0).sum(axis=1), minlength=7) / 3_000
    assert not lengths[:3].any() and np.abs(lengths[3:] - 1 / 4).max() < 0.03
    symbols = np.bincount(source[source > 0], minlength=10)[1:]
    assert np.abs(symbols / symbols.sum() - 1 / 9).max() < 0.01
    assert len(splits["validation"]["source"]) == len(splits["test"]["source"]) == 1_000


def test_targets_are_sources_reversed(splits):
    for arrays in splits.values():
        for source, target in zip(arrays["source"][:50], arrays["target"], strict=False):
            length = (source > 0).sum()
            np.testing.assert_array_equal(target[:length], source[:length][::-1])
            assert not target[length:].any()


def test_tasks():
    symbols = np.array([7, 8, 9, 6])
    found = {name: task(symbols).tolist() for name, task in TASKS.items()}
    assert found == {
        "copy": [7, 8, 9, 6],
        "reversal": [6, 9, 8, 7],
        "bigram_flipping": [8, 7, 6, 9],
    }


def test_bigrams_have_even_lengths(rng):
    config = builder.transduction_config("bigram_flipping", (3, 7))
    samples = [builder.Builder(config=config).sample(rng)["source"] for _ in range(100)]
    assert {len(source) for source in samples} == {4, 6}


def test_splits_are_streams_of_their_own(splits):
    assert (splits["validation"]["source"] != splits["test"]["source"]).any()
    assert (splits["validation"]["source"] != splits["train"]["source"][:1000]).any()


def test_the_streams_are_those_of_this_version(splits):
    """Other numbers mean another version: prepared data and trained presets hang on them."""
    sums = {}
    for split, arrays in splits.items():
        places = np.arange(arrays["source"].size).reshape(arrays["source"].shape)
        sums[split] = int((arrays["source"] * places).sum())
    assert builder.Builder.VERSION == "1.0.0"
    assert sums == {"train": 605_095_978, "validation": 67_966_223, "test": 66_019_798}
