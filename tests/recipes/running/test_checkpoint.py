"""Nothing of a run is lost: killed, damaged, or on a full disk."""

import json
import signal

import numpy as np
import pytest

from keras_memory.recipes.running.run import Run

# Trains on until it is killed: before an epoch is saved, after updates, or half way through
# writing a checkpoint; then to its end. Each time in a process of its own, a fork of one that
# has imported everything and computed nothing.
KILLED = """
import io, os, signal, sys
from pathlib import Path
import keras, numpy as np
import keras_tuner, tensorflow_datasets
from keras_memory import recipes
from keras_memory.recipes.running.checkpoint import saved_history

fields, folder = sys.argv[1:]
moments = ["before the save", "after updates", "within the save", "never"]
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
        if (here, now) == (moment, in_epoch):
            os.kill(os.getpid(), signal.SIGKILL)

def half_written(path, **arrays):
    whole = io.BytesIO()
    savez(whole, **arrays)
    (path := Path(path)).write_bytes(whole.getvalue()[:len(whole.getvalue()) // 2])
    killer.die("within the save")
    path.write_bytes(whole.getvalue())

savez, np.savez = np.savez, half_written
killer, recipe = Killer(), recipes.get("key_value_lookup", **eval(fields))
callbacks = type(recipe).callbacks
type(recipe).callbacks = lambda self, history: [*callbacks(self, history), killer]
for in_epoch, moment in enumerate(moments):
    if not (child := os.fork()):
        recipe.fit(folder, resume=True, verbose=0)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(code, len(saved_history(Path(folder) / "checkpoint.npz")))
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


def rewritten(folder, change):
    """A checkpoint with other arrays."""
    with np.load(folder / "checkpoint.npz") as saved:
        arrays = dict(saved)
    np.savez(folder / "checkpoint.npz", **{**arrays, **change(arrays)})


@pytest.mark.parametrize(
    "history",
    [
        "{}",
        "null",
        "3",
        "[3]",
        "[{}]",
        '[{"seconds": 1}]',
        '[{"epoch": 1, "seconds": 1}]',
        '[{"epoch": 0}]',
        '[{"epoch": 0, "seconds": 1, "val_loss": "low"}]',
        "{",
    ],
)
def test_a_damaged_history_is_one_clear_error(copied_run, lookup, history):
    folder = copied_run(epochs=5)
    rewritten(folder, lambda arrays: {"history": history})
    for use in (lambda: Run.open(folder), lambda: Run.find(folder).train(verbose=0)):
        with pytest.raises(
            ValueError, match="Expected a checkpoint of this recipe"
        ) as caught:
            use()
        assert "\n" not in str(caught.value)


def test_weights_that_are_not_finite_are_refused(copied_run, lookup):
    folder = copied_run(epochs=5)
    rewritten(folder, lambda arrays: {"best/0": np.nan * arrays["best/0"]})
    with pytest.raises(ValueError, match="Expected finite weights. Received: NaN"):
        Run.find(folder).train(verbose=0)


def test_a_run_goes_on_whose_first_epochs_have_fewer_columns(copied_run, lookup):
    """As those that an earlier version wrote."""
    folder = copied_run(epochs=5)
    with np.load(folder / "checkpoint.npz") as saved:
        arrays = dict(saved)
    history = json.loads(str(arrays["history"]))
    for row in history:
        del row["device"]
    np.savez(folder / "checkpoint.npz", **{**arrays, "history": json.dumps(history)})
    lookup.replace(epochs=5).fit(folder, resume=True, verbose=0)
    header, *rows = (folder / "history.csv").read_text().splitlines()
    assert "device" in header.split(",")
    assert [row.count(",") for row in rows] == [header.count(",")] * 5


def test_killed_at_three_moments_and_resumed_it_ends_the_same(
    tmp_path, lookup, lookup_run, children
):
    """kill -9 where it may hurt; weights, optimiser and history, bit for bit."""
    killed = tmp_path / "killed"
    kill = -signal.SIGKILL
    codes_and_epochs = [f"{kill} 0", f"{kill} 1", f"{kill} 2", "0 4"]
    output = children.run(KILLED, repr(lookup.overrides), killed)
    assert output.splitlines() == codes_and_epochs
    folders = lookup_run.folder, killed
    saved = [np.load(folder / "checkpoint.npz") for folder in folders]
    with saved[0] as straight, saved[1] as resumed:
        assert set(straight) == set(resumed)
        for name in set(straight) - {"history"}:
            np.testing.assert_array_equal(straight[name], resumed[name])
        histories = [json.loads(str(arrays["history"])) for arrays in saved]
    for row in (*histories[0], *histories[1]):
        del row["seconds"]
    assert histories[0] == histories[1]
    metrics = [
        (folder / "metrics.json").read_text() for folder in (lookup_run.folder, killed)
    ]
    assert metrics[0] == metrics[1]
    assert not list(killed.glob(".writing-*"))


# The run goes on with a limit on the size of a file, which stands in for the disk's end.
FULL_DISK = """
import resource, sys
from keras_memory.recipes import Run
run = Run.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    run.train(verbose=0)
except OSError as error:
    sys.exit(f"OSError: {error}")
"""


def test_a_full_disk_is_an_error_and_earlier_files_stay(copied_run, children):
    folder = copied_run(epochs=5)
    before = {p: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    limit = len(before[folder / "checkpoint.npz"]) // 2
    child = children.start(FULL_DISK, folder, limit)
    assert child.wait() == 1
    assert "OSError" in child.errors
    assert {p: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before
