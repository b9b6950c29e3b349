"""A run's folder: what is in it, found, opened and resumed."""

import random

import keras
import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.running.loading import load_model
from keras_memory.recipes.running.run import Run


def test_the_folder_is_complete(tiny_run):
    names = {path.name for path in tiny_run.folder.iterdir()}
    assert names == {
        "run.json",
        "checkpoint.npz",
        "model.keras",
        "history.csv",
        "metrics.json",
        "tensorboard",
        "figures",
    }
    figures = {path.name for path in (tiny_run.folder / "figures").iterdir()}
    assert figures == {"memory_tape.png", "learning_curve.png"}
    assert len((tiny_run.folder / "history.csv").read_text().splitlines()) == 1 + 4


def test_the_history_tells_the_time_and_what_trained(tiny_run):
    for row in tiny_run.history:
        assert row["seconds"] > 0
        backend, kind = row["device"].split(" on ")
        assert backend == keras.backend.backend()
        assert kind in ("cpu", "cuda", "gpu", "tpu")


def test_the_model_is_that_of_the_best_epoch(tiny_run, tiny):
    losses = [row["val_loss"] for row in tiny_run.history]
    model = keras.models.load_model(tiny_run.folder / "model.keras")
    logs = model.evaluate(tiny.dataset("validation"), verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(min(losses), rel=1e-4)


def test_open_gives_recipe_history_and_metrics(tiny_run, tiny):
    opened = Run.open(tiny_run.folder)
    assert opened.recipe == tiny
    assert opened.history == tiny_run.history
    assert opened.metrics == tiny_run.metrics


def test_a_run_is_not_overwritten(tiny_run, tiny):
    with pytest.raises(ValueError, match="resume it, or choose another folder"):
        tiny.fit(tiny_run.folder)


def test_a_run_is_resumed_with_its_own_fields_only(tiny_run, tiny):
    with pytest.raises(ValueError, match="seed=1 for 0"):
        tiny.replace(seed=1).fit(tiny_run.folder, resume=True)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"recipe": "nothing", "fields": {}}'])
def test_a_damaged_configuration_is_one_clear_error(tmp_path, text):
    for name in ("config.json", "run.json"):
        (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match="Expected"):
            Run.open(tmp_path)


def test_damaged_metrics_are_one_clear_error(tmp_path, tiny):
    run = Run.start(tiny, tmp_path / "run")
    (run.folder / "metrics.json").write_text("{")
    with pytest.raises(ValueError, match="Expected JSON in .*metrics.json"):
        Run.open(run.folder)


def test_a_run_of_an_earlier_version_is_read_and_resumed(copied_run, lookup, lookup_run):
    """Its file was called `config.json`, as that of a preset is."""
    folder = copied_run(epochs=5)
    (folder / "run.json").rename(folder / "config.json")
    longer = lookup.replace(epochs=5)
    again = Run.find(folder)
    assert (again.recipe, again.history) == (longer, lookup_run.history)
    assert load_model(folder)[0] == longer
    with pytest.raises(ValueError, match="resume it, or choose another folder"):
        longer.fit(folder)
    (folder / "metrics.json").unlink()
    resumed = longer.fit(folder, resume=True, verbose=0)
    assert resumed.history[:-1] == lookup_run.history
    assert set(resumed.metrics) == set(lookup_run.metrics)
    assert Run.open(folder).metrics == resumed.metrics
    assert not (folder / "run.json").exists()


def test_a_preset_is_no_run(tmp_path, tiny):
    tiny.model().save_to_preset(tmp_path / "mine", {"recipe": "ntm_copy"})
    assert Run.find(tmp_path / "mine") is Run.find(tmp_path) is None
    with pytest.raises(ValueError, match="Expected the folder of a run, with its run.json"):
        Run.open(tmp_path / "mine")


def test_weights_do_not_depend_on_whether_data_had_to_be_prepared(monkeypatch):
    """A model of words needs its data for its size, and preparing them draws numbers."""

    prepared = []

    def examples(self, split):
        if not prepared:
            random.seed(len(split))
        prepared.append(split)
        return {}

    def model(self):
        self.examples("train")
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])

    recipe = recipes.get("ntm_copy")
    monkeypatch.setattr(type(recipe), "examples", examples)
    monkeypatch.setattr(type(recipe), "model", model)
    first, second = (recipe.seeded_model().get_weights()[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path, tiny):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        tiny.fit(tmp_path / "file" / "run")
    assert (tmp_path / "file").read_text() == "in the way"
