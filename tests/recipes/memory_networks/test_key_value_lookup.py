from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory import recipes
from keras_memory.recipes.datasets.key_value_pairs import (
    key_value_pairs_dataset_builder as key_value_pairs,
)

WHOLE, FEW = key_value_pairs.TRAIN_EXAMPLES, 3_000


@pytest.fixture(scope="module", autouse=True)
def few_training_examples(tmp_path_factory):
    """In a folder of their own: TFDS takes long to write them. Other splits are whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_value_pairs, "TRAIN_EXAMPLES", FEW)
        patch.setenv("TFDS_DATA_DIR", str(tmp_path_factory.mktemp("few")))
        yield


class KeyValuePairsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = key_value_pairs.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["pairs_8_noise_0.1"]
    SPLITS = {"train": FEW, "validation": 1_000, "test": 1_000}
    EXAMPLE_DIR = str(Path(key_value_pairs.__file__).parent)
    SKIP_CHECKSUMS = True


def test_so_many_examples_are_for_training():
    assert WHOLE == 20_000


@pytest.fixture(scope="module")
def test_split():
    return recipes.get("key_value_lookup").examples("test")


def test_queries_are_keys_turned_and_blurred(test_split):
    """One rotation takes each nearest key to their queries, up to the noise."""
    keys, query = test_split["keys"], test_split["query"]
    turn, _ = np.linalg.qr(
        np.random.default_rng((key_value_pairs.SEED, 32)).normal(size=(32, 32))
    )
    distance = np.linalg.norm(keys @ turn - query[:, None], axis=-1)
    nearest = distance.argmin(axis=1)
    rows = np.arange(len(query))
    np.testing.assert_array_equal(test_split["values"][rows, nearest], test_split["answer"])
    np.testing.assert_allclose(distance[rows, nearest].mean(), 0.1 * 32**0.5, rtol=0.05)


def test_splits_and_noise_are_streams_of_their_own(test_split):
    recipe = recipes.get("key_value_lookup")
    others = recipe.examples("validation"), recipe.replace(noise=0.2).examples("test")
    for other in others:
        assert not np.array_equal(other["values"], test_split["values"])


@pytest.mark.parametrize(
    ("selection", "least"),
    [("softmax", 0.9), ("straight_through_gumbel", 0.9), ("sample", 0.5)],
)
def test_it_learns_the_lookup(selection, least):
    """Guessing is right one time in ten, any one pair about one time in five."""
    recipe = recipes.get(
        "key_value_lookup",
        selection=selection,
        distractors=3,
        dim=8,
        epochs=4,
        learning_rate=1e-2,
        jit_compile=False,
    )
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), epochs=recipe.epochs, verbose=0)
    metrics = recipe.evaluate(model)
    assert set(metrics) == {"accuracy_n_4", "accuracy_n_16"}
    assert metrics["accuracy_n_4"] > least


def test_a_run_plots_what_queries_attend_to(tmp_path):
    fields = {"steps_per_epoch": 10, "batch_size": 8, "distractors": 1}
    recipe = recipes.get("key_value_lookup", epochs=1, **fields)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert (run.folder / "figures" / "attention_map.png").exists()
    assert set(run.metrics) == {"accuracy_n_2", "accuracy_n_8"}
