"""A run's folder: what is in it, found, opened and resumed."""

import contextlib
import json
import math
import random
import sys

import keras
import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.pointing import family as pointing
from keras_memory.recipes.running.checkpoint import saved_history
from keras_memory.recipes.running.loading import load_model
from keras_memory.recipes.running.run import Run, Stopped
from keras_memory.zoo.saving.atomic_files import locked


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


def test_the_history_has_the_time_and_what_trained(tiny_run):
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
    """A model of words needs its data for its size, and preparing them samples numbers."""

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


def test_a_finished_run_is_trained_on(copied_run, lookup, lookup_run):
    folder, longer = copied_run(), lookup.replace(epochs=5)
    run = longer.fit(folder, resume=True, verbose=0)
    assert run.history[:-1] == lookup_run.history
    assert Run.open(folder).recipe == longer
    with pytest.raises(ValueError, match="at least the epochs that are done.*5. Received: 4"):
        lookup.fit(folder, resume=True)


def test_a_run_goes_on_with_other_tests(copied_run, lookup, monkeypatch):
    monkeypatch.setattr(type(lookup), "fields_of_tests", ("distractors",))
    folder, other = copied_run(), lookup.replace(distractors=2)
    before = (folder / "checkpoint.npz").read_bytes()
    run = other.fit(folder, resume=True, verbose=0)
    assert set(run.metrics) == {"accuracy_n_3", "accuracy_n_12"}
    assert (folder / "checkpoint.npz").read_bytes() == before
    assert Run.open(folder).recipe == other


@pytest.mark.parametrize(
    ("name", "fields", "error", "message"),
    [
        ("pointer_sort", {"test_file": "no such file"}, OSError, "no such file"),
        ("pointer_sort", {"train_file": "no such file"}, OSError, "no such file"),
        ("ntm_copy", {"length": 10**23}, ValueError, "length up to 100000. Received: 10{23}"),
        ("sab_adding", {"length": 10**10}, ValueError, "length up to 100000"),
    ],
)
def test_what_evaluation_needs_is_checked_before_training(
    name, fields, error, message, tmp_path, monkeypatch
):
    if "test_file" in fields:
        monkeypatch.setattr(recipes.registry.recipe_class(name), "examples", lambda *_: {})
    with pytest.raises(error, match=message):
        recipes.get(name, **fields).fit(tmp_path / "run", verbose=0)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "name", ["ntm_copy", "sab_adding", "pointer_tsp", "key_value_lookup"]
)
def test_all_that_evaluation_loads_is_loaded_before_training(name, monkeypatch):
    """So that nothing is missing after the last epoch."""
    recipe, loaded = recipes.get(name), []
    module = sys.modules[type(recipe).__module__]
    if name == "pointer_tsp":
        module = pointing
    monkeypatch.setattr(
        module,
        "load",
        lambda builder, config, split: loaded.append((config.name, split)) or {},
    )
    recipe.prepare()
    splits = [split for _, split in loaded]
    assert {"train", "validation", "test"} <= set(splits)
    assert splits.count("test") > 1
    prepared = set(loaded)
    with contextlib.suppress(Exception):  # there are no examples
        recipe.evaluate(None)
    assert set(loaded) == prepared


def test_a_folder_in_use_is_refused(copied_run, lookup, tmp_path):
    folder = copied_run()
    with locked(folder), pytest.raises(ValueError, match="in use by another process"):
        lookup.fit(folder, resume=True, verbose=0)
    (tmp_path / "new").mkdir()
    with locked(tmp_path / "new"), pytest.raises(ValueError, match="in use by another"):
        lookup.fit(tmp_path / "new", verbose=0)
    assert not list((tmp_path / "new").iterdir())


def test_two_runs_of_one_second_have_folders_of_their_own(lookup, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.strftime", lambda form: "20261128-120000")
    names = [Run.start(lookup).folder.name for _ in range(3)]
    assert names == ["20261128-120000", "20261128-120000-2", "20261128-120000-3"]


def test_a_folder_without_a_name_is_refused(lookup):
    with pytest.raises(ValueError, match="name of a folder. Received: ''"):
        lookup.fit("")


@pytest.mark.parametrize("epoch", [1, 0])
def test_an_interrupt_says_how_to_go_on(lookup, tmp_path, monkeypatch, epoch):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, now, logs=None):
            if now == epoch:
                raise KeyboardInterrupt

    monkeypatch.setattr(type(lookup), "callbacks", lambda self, history: [Interrupt()])
    folder = tmp_path / "my run"
    after = "after epoch 1" if epoch else "in the first epoch"
    command = f"keras-memory train key_value_lookup --run-dir '{folder}' --resume"
    with pytest.raises(Stopped, match=f"^stopped {after}; go on with: {command}$"):
        lookup.fit(folder, verbose=0)
    assert len(saved_history(folder / "checkpoint.npz")) == epoch
    assert not (folder / ".lock").exists()


def test_what_killed_writers_left_goes_at_the_next_start(copied_run, lookup):
    folder = copied_run()
    for half in (".writing-checkpoint.npz", "figures/.writing-a.png.0123abcd"):
        (folder / half).mkdir()
        (folder / half / "half").write_text("")
    lookup.fit(folder, resume=True, verbose=0)
    assert not list(folder.rglob(".writing-*"))


@pytest.mark.parametrize("text", ["[]", "null", "3"])
def test_metrics_that_are_none_are_one_clear_error(copied_run, text):
    folder = copied_run()
    (folder / "metrics.json").write_text(text)
    with pytest.raises(ValueError, match="Expected metrics by name in .*metrics.json"):
        Run.open(folder)


def test_a_metric_that_is_no_number_is_null_in_the_file(copied_run, lookup, monkeypatch):
    folder = copied_run()
    monkeypatch.setattr(type(lookup), "evaluate", lambda self, model: {"accuracy": math.nan})
    lookup.fit(folder, resume=True, verbose=0)
    assert json.loads((folder / "metrics.json").read_text()) == {"accuracy": None}
    assert math.isnan(Run.open(folder).metrics["accuracy"])
