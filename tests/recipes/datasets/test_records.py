"""Examples that stay on disk give the batches of examples in memory."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from keras import tree

from keras_memory import recipes
from keras_memory.recipes import datasets
from keras_memory.recipes.datasets import key_value_pairs
from keras_memory.recipes.datasets.key_value_pairs import key_value_config
from keras_memory.recipes.datasets.records import Records
from keras_memory.recipes.running.batches import evaluation_batches, training_batches

COUNT = 23


class Builder(tfds.core.GeneratorBasedBuilder):
    """Numbered examples, each with a sequence of its own length."""

    VERSION = tfds.core.Version("1.0.0")
    name = "numbered"
    pkg_dir_path = None

    def _info(self):
        features = {
            "number": np.int32,
            "sequence": tfds.features.Tensor(shape=(None,), dtype=np.float32),
            "text": tfds.features.Text(),
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features)
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for number in range(COUNT):
            sequence = np.arange(number % 5, dtype="float32")
            yield (
                number,
                {"number": number, "sequence": sequence, "text": f"example {number}"},
            )


@pytest.fixture
def records(tmp_path, monkeypatch):
    monkeypatch.setenv(datasets.DATA_DIR, str(tmp_path))
    return datasets.load_records(Builder, None, "train")


def test_any_example_is_read_by_its_number(records):
    everything = records[:]
    order = np.random.default_rng(0).permutation(COUNT)
    read = records.read(order)
    assert len(records) == COUNT
    assert sorted(everything["number"]) == list(range(COUNT))
    np.testing.assert_array_equal(read["number"], everything["number"][order])
    np.testing.assert_array_equal(read["sequence"], everything["sequence"][order])
    assert read["text"][0].decode() == f"example {read['number'][0]}"


def test_the_same_as_in_memory(records):
    arrays = datasets.load(Builder, None, "train")
    ours = records[:]
    for name, array in arrays.items():
        np.testing.assert_array_equal(ours[name], array)


@pytest.mark.parametrize("start", [0, 2])
def test_the_batches_of_training_are_those_of_arrays(records, start):
    def batches(examples):
        epoch = tf.Variable(start, dtype=tf.int64)
        epochs = training_batches(examples, lambda batch: batch, 4, 3, seed=7, epoch=epoch)
        assert epochs.element_spec["number"].shape.as_list() == [4]
        return list(epochs.as_numpy_iterator())

    for ours, theirs in zip(batches(records), batches(records[:]), strict=True):
        np.testing.assert_array_equal(ours["number"], theirs["number"])
        longest = ours["sequence"].shape[1]  # of this batch
        np.testing.assert_array_equal(ours["sequence"], theirs["sequence"][:, :longest])
        assert not theirs["sequence"][:, longest:].any()


def test_the_batches_of_evaluation(records):
    found = evaluation_batches(records, lambda batch: batch["number"], 10)
    np.testing.assert_array_equal(
        np.concatenate([batch.numpy() for batch in found]), records[:]["number"]
    )


def test_what_is_no_such_folder(tmp_path):
    with pytest.raises(ValueError, match="Expected data that TFDS prepared as array_record"):
        Records(tmp_path, "train")


def test_a_recipe_trains_on_what_stays_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv(datasets.DATA_DIR, str(tmp_path))
    recipe = recipes.get(
        "key_value_lookup", distractors=2, dim=4, epochs=1, steps_per_epoch=2
    )
    in_memory = list(recipe.dataset("train").as_numpy_iterator())

    def records(self, split):
        config = key_value_config(self.distractors, self.noise, self.dim, self.classes)
        return datasets.load_records(key_value_pairs.Builder, config, split)

    monkeypatch.setattr(type(recipe), "records", records)
    monkeypatch.setattr(type(recipe), "examples", None)
    on_disk = list(recipe.dataset("train").as_numpy_iterator())
    for ours, theirs in zip(tree.flatten(on_disk), tree.flatten(in_memory), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    model = recipe.seeded_model()
    history = model.fit(
        recipe.dataset("train"),
        validation_data=recipe.dataset("validation"),
        shuffle=False,
        verbose=0,
    ).history
    assert np.isfinite(history["val_loss"]).all()
