"""Nothing of a run is lost: killed, damaged, or on a full disk."""

import json
import signal

import numpy as np
import pytest

from keras_memory.recipes.running.checkpoint import saved_history
from keras_memory.recipes.running.run import Run

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


@pytest.mark.parametrize("end", [0, 100, -100], ids=["empty", "start", "truncated"])
def test_a_damaged_checkpoint_is_one_clear_error(tmp_path, tiny, tiny_run, end):
    run = Run.start(tiny, tmp_path / "run")
    whole = (tiny_run.folder / "checkpoint.npz").read_bytes()
    (run.folder / "checkpoint.npz").write_bytes(whole[:end])
    with pytest.raises(ValueError, match="Expected a checkpoint of this recipe in .*npz"):
        run.train(verbose=0)
    with pytest.raises(ValueError, match="Expected a checkpoint of this recipe in .*npz"):
        Run.open(run.folder)


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
