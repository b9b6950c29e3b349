"""Several processes on this machine: one trains as many, and a run goes on after a kill.

Not part of `make test`: `make several`, a stage of `.ci/run`, prints the figures.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from keras_memory.recipes import Run
from keras_memory.recipes.running.addresses import free_port
from keras_memory.recipes.running.checkpoint import saved_history

ROOT = Path(__file__).resolve().parents[3]
COMMAND = "from keras_memory.recipes.command_line import main; main()"
EPOCHS = 12
FIELDS = {
    "key_value_lookup": ["batch_size=8", "steps_per_epoch=40"],
    "ntm_copy": [
        *("bits=2", "max_length=4", "train_examples=400", "batch_size=8", "length=4"),
        *("controller_units=8", "memory_slots=6", "memory_width=4", "steps_per_epoch=20"),
    ],
    "hopfield_bit_pattern": ["batch_size=8", "steps_per_epoch=40"],
    "memn2n_babi_world": [
        *("task=1", "train_examples=240", "linear_epochs=1", "batch_size=8"),
        "steps_per_epoch=20",
    ],
}
# Its tables of words are split: each process has a half of them.
OPTIONS = {"memn2n_babi_world": ["--model-parallel", 2]}

pytestmark = pytest.mark.several


@pytest.fixture
def started(processes):
    """`started(recipe, folder)`: two processes that train it there."""

    def start(recipe, folder, *words):
        port = free_port()
        settings = [word for field in FIELDS[recipe] for word in ("--set", field)]
        words = [*settings, "--epochs", EPOCHS, "--run-dir", folder, *words]
        words += OPTIONS.get(recipe, [])
        words += "--coordinator", f"127.0.0.1:{port}", "--processes", 2, "--process-id"
        command = COMMAND, "train", recipe, *words
        backend = {"JAX_PLATFORMS": "cpu", "KERAS_BACKEND": "jax"}
        return [processes.start(*command, process_id, **backend) for process_id in (0, 1)]

    return start


@pytest.mark.parametrize("options", [[], ["--model-parallel", "2"]])
def test_several_processes_train_as_one(options):
    """The table of the benchmark, which compares losses, weights and metrics."""
    command = [sys.executable, "-m", "benchmarks.distributed", "--processes", "2", *options]
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    print(found.stdout)
    assert found.returncode == 0, found.stdout


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.socket() as used:
        used.bind(("", 0))
        used.listen()
        port = used.getsockname()[1]
        options = (
            "--coordinator",
            f"127.0.0.1:{port}",
            "--processes",
            "2",
            "--process-id",
            "0",
        )
        found = subprocess.run(
            [sys.executable, "-c", COMMAND, "train", "key_value_lookup", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    assert found.returncode == 2
    line = found.stderr.splitlines()[-1]
    expected = (
        f"keras-memory: Expected a free address of this machine. Received: 0.0.0.0:{port}"
    )
    assert line.startswith(expected)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("recipe", FIELDS)
def test_a_killed_run_goes_on_to_the_weights_of_one_that_was_not(
    recipe, started, processes, tmp_path
):
    processes.finish(*started(recipe, tmp_path / "undisturbed"))
    first, second = started(recipe, folder := tmp_path / "killed")
    processes.wait_for(lambda: saved_history(folder / "checkpoint.npz"), first, second)
    second.kill()
    began = time.perf_counter()
    assert first.wait() == 2
    seconds = time.perf_counter() - began
    line = first.err.splitlines()[-1]
    assert line.startswith("keras-memory: Expected all 2 processes to go on. Received:")
    epochs = len(saved_history(folder / "checkpoint.npz"))
    assert 0 < epochs < EPOCHS
    processes.finish(*started(recipe, folder, "--resume"))
    resumed, undisturbed = Run(folder), Run(tmp_path / "undisturbed")
    pairs = zip(resumed.model.get_weights(), undisturbed.model.get_weights(), strict=True)
    distance = max(float(np.abs(a - b).max()) for a, b in pairs)
    print(
        f"{recipe}: killed after epoch {epochs}, the other ended {seconds:.1f} s later; "
        f"weights after --resume within {distance:.1e}"
    )
    assert distance <= 1e-6
    assert resumed.metrics == undisturbed.metrics
    assert [row["epoch"] for row in resumed.history] == list(range(EPOCHS))
