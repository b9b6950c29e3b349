"""A run's folder, and that nothing in it is ever lost."""

import json
import operator
import random
import signal

import keras
import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.running.checkpoint import saved_history
from keras_memory.recipes.running.loading import load_model
from keras_memory.recipes.running.run import Run
from keras_memory.recipes.running.trainer import Trainer

# Trains on until it is killed: after updates, before an epoch is saved, or half way through
# writing a checkpoint.
KILLED = """
import io, os, signal, sys
from pathlib import Path
import keras, numpy as np
from keras_memory import recipes

fields, folder, moment, in_epoch = sys.argv[1:]
now = None

class Killer(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        global now
        now = epoch
    def on_train_batch_end(self, batch, logs=None):
        self.die("after updates")
    def on_epoch_end(self, epoch, logs=None):
        self.die("before the save")
    def die(self, here):
        if (moment, int(in_epoch)) == (here, now):
            os.kill(os.getpid(), signal.SIGKILL)

def half_written(path, **arrays):
    whole = io.BytesIO()
    savez(whole, **arrays)
    (path := Path(path)).write_bytes(whole.getvalue()[:len(whole.getvalue()) // 2])
    killer.die("within the save")
    path.write_bytes(whole.getvalue())

savez, np.savez = np.savez, half_written
killer, recipe = Killer(), recipes.get("ntm_copy", **eval(fields))
callbacks = type(recipe).callbacks
type(recipe).callbacks = lambda self, history: [*callbacks(self, history), killer]
recipe.fit(folder, resume=True, verbose=0)
"""


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


def test_load_model_takes_overrides_that_fit(tiny_run):
    recipe, model = load_model(tiny_run.folder, memory_slots=9)
    assert model.cell.memory_slots == recipe.memory_slots == 9
    for mine, theirs in zip(model.get_weights(), tiny_run.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    with pytest.raises(ValueError, match="fields that fit the weights"):
        load_model(tiny_run.folder, memory_width=7)


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


@pytest.mark.parametrize("kept", [0, 100, -100], ids=["empty", "start", "truncated"])
def test_a_damaged_checkpoint_is_one_clear_error(tmp_path, tiny, tiny_run, kept):
    run = Run.start(tiny, tmp_path / "run")
    whole = (tiny_run.folder / "checkpoint.npz").read_bytes()
    (run.folder / "checkpoint.npz").write_bytes(whole[:kept])
    with pytest.raises(ValueError, match="Expected a checkpoint of this recipe in .*npz"):
        run.train(verbose=0)
    with pytest.raises(ValueError, match="Expected a checkpoint of this recipe in .*npz"):
        Run.open(run.folder)


def test_damaged_metrics_are_one_clear_error(tmp_path, tiny):
    run = Run.start(tiny, tmp_path / "run")
    (run.folder / "metrics.json").write_text("{")
    with pytest.raises(ValueError, match="Expected JSON in .*metrics.json"):
        Run.open(run.folder)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path, tiny, monkeypatch):
    diverged = keras.losses.BinaryCrossentropy()
    monkeypatch.setattr(diverged, "call", lambda y_true, y_pred: y_pred[..., 0] * np.nan)

    def model(self):
        model = plain(self)
        model.compile(optimizer="sgd", loss=diverged)
        return model

    plain = type(tiny).model
    monkeypatch.setattr(type(tiny), "model", model)
    with pytest.raises(ValueError, match="finite val_loss. Received: nan in epoch 1$"):
        tiny.fit(tmp_path / "run", verbose=0)


def test_a_run_goes_on_whose_first_epochs_have_fewer_columns(tmp_path, tiny):
    """As those that an earlier version wrote."""
    tiny.replace(epochs=1).fit(tmp_path / "run", verbose=0)
    checkpoint = tmp_path / "run" / "checkpoint.npz"
    with np.load(checkpoint) as saved:
        arrays = dict(saved)
    history = json.loads(str(arrays["history"]))
    del history[0]["device"]
    np.savez(checkpoint, **{**arrays, "history": json.dumps(history)})
    config = json.loads((tmp_path / "run" / "run.json").read_text())
    config["fields"]["epochs"] = 2
    (tmp_path / "run" / "run.json").write_text(json.dumps(config))
    tiny.replace(epochs=2).fit(tmp_path / "run", resume=True, verbose=0)
    header, first, second = (tmp_path / "run" / "history.csv").read_text().splitlines()
    assert "device" in header.split(",")
    assert first.count(",") == second.count(",") == header.count(",")


def test_a_run_of_an_earlier_version_is_read_and_resumed(tmp_path, tiny, tiny_run):
    """Its file was called `config.json`, as that of a preset is."""
    run = tiny.replace(epochs=2).fit(tmp_path / "run", verbose=0)
    (run.folder / "run.json").rename(run.folder / "config.json")
    again = Run.find(run.folder)
    assert (again.recipe, again.history) == (run.recipe, run.history)
    assert load_model(run.folder)[0] == run.recipe
    with pytest.raises(ValueError, match="resume it, or choose another folder"):
        tiny.fit(run.folder)
    config = json.loads((run.folder / "config.json").read_text())
    config["fields"]["epochs"] = tiny.epochs
    (run.folder / "config.json").write_text(json.dumps(config))
    (run.folder / "metrics.json").unlink()
    resumed = tiny.fit(run.folder, resume=True, verbose=0)
    assert resumed.metrics == tiny_run.metrics
    assert not (run.folder / "run.json").exists()


def test_a_preset_is_no_run(tmp_path, tiny):
    tiny.model().save_to_preset(tmp_path / "mine", {"recipe": "ntm_copy"})
    assert Run.find(tmp_path / "mine") is Run.find(tmp_path) is None
    with pytest.raises(ValueError, match="Expected the folder of a run, with its run.json"):
        Run.open(tmp_path / "mine")


def test_a_preset_s_name_is_not_a_folder_s(tmp_path, monkeypatch, tiny):
    Run.start(tiny, tmp_path / "ntm_copy")
    monkeypatch.chdir(tmp_path)
    recipe, _ = load_model("ntm_copy")
    assert recipe.bits == 8
    with pytest.raises(ValueError, match="trained to its end"):
        load_model("./ntm_copy")


def test_a_preset_without_a_recipe_says_so(tmp_path, tiny):
    tiny.model().save_to_preset(tmp_path / "mine")
    with pytest.raises(ValueError, match="mine, whose metadata.json names no recipe"):
        load_model(tmp_path / "mine")


def test_killed_at_three_moments_and_resumed_it_ends_the_same(
    tmp_path, tiny, tiny_run, children
):
    """kill -9 where it may hurt; weights, optimiser and history, bit for bit."""
    killed = tmp_path / "killed"

    def go_on(moment, epoch):
        child = children.start(KILLED, repr(tiny.overrides), killed, moment, epoch)
        return child.wait(), child.errors

    for epoch, moment in enumerate(("before the save", "after updates", "within the save")):
        code, errors = go_on(moment, epoch)
        assert code == -signal.SIGKILL, errors
        assert len(saved_history(killed / "checkpoint.npz")) == epoch
    code, errors = go_on("never", -1)
    assert code == 0, errors
    saved = [np.load(folder / "checkpoint.npz") for folder in (tiny_run.folder, killed)]
    with saved[0] as straight, saved[1] as resumed:
        assert set(straight) == set(resumed)
        for name in set(straight) - {"history"}:
            np.testing.assert_array_equal(straight[name], resumed[name])
        histories = [json.loads(str(arrays["history"])) for arrays in saved]
    for row in (*histories[0], *histories[1]):
        del row["seconds"]
    assert histories[0] == histories[1]
    metrics = [(folder / "metrics.json").read_text() for folder in (tiny_run.folder, killed)]
    assert metrics[0] == metrics[1]
    assert not list(killed.glob(".writing-*"))


def test_a_trainer_that_was_compiled_before_changes_nothing(tmp_path, tiny, tiny_run):
    trainer = Trainer()
    other = Run.start(tiny.replace(seed=tiny.seed + 1, epochs=1), tmp_path / "other")
    other.train(verbose=0, trainer=trainer)
    run = Run.start(tiny, tmp_path / "run").train(verbose=0, trainer=trainer)
    assert run.metrics == tiny_run.metrics
    for owner in ("model", "model.optimizer"):
        variables = (operator.attrgetter(owner)(r).variables for r in (run, tiny_run))
        for mine, theirs in zip(*variables, strict=True):
            np.testing.assert_array_equal(mine, theirs)
    for mine, theirs in zip(run.history, tiny_run.history, strict=True):
        assert mine["val_loss"] == theirs["val_loss"]


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


# The run goes on with a limit on the size of a file, which stands in for the disk's end.
FULL_DISK = """
import resource, sys
from keras_memory.recipes import Run
run = Run.open(sys.argv[1])
run.recipe = run.recipe.replace(epochs=3)
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, resource.RLIM_INFINITY))
try:
    run.train(verbose=0)
except OSError as error:
    sys.exit(f"OSError: {error}")
"""


def test_a_full_disk_is_an_error_and_earlier_files_stay(tmp_path, tiny, children):
    folder = tmp_path / "run"
    tiny.replace(epochs=2).fit(folder, verbose=0)
    before = {p: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    child = children.start(FULL_DISK, folder)
    assert child.wait() == 1
    assert "OSError" in child.errors
    assert {p: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path, tiny):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        tiny.fit(tmp_path / "file" / "run")
    assert (tmp_path / "file").read_text() == "in the way"
