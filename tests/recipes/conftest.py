import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keras_memory import recipes
from keras_memory.recipes.command_line import commands

TINY = {
    "bits": 2,
    "max_length": 2,
    "train_examples": 400,
    "epochs": 4,
    "steps_per_epoch": 5,
    "batch_size": 8,
    "controller_units": 8,
    "memory_slots": 6,
    "memory_width": 4,
    "length": (2, 3),
    "test_sequences": 20,
    "jit_compile": False,
}
LOOKUP = {
    "distractors": 3,
    "dim": 8,
    "classes": 4,
    "epochs": 4,
    "steps_per_epoch": 5,
    "batch_size": 8,
    "jit_compile": False,
}


@pytest.fixture(scope="session", autouse=True)
def prepared_data(tmp_path_factory):
    """TFDS keeps what it prepares for these tests in a folder of their own."""
    patch = pytest.MonkeyPatch()
    patch.setenv("TFDS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def tiny():
    """The copy recipe, so small that a run takes seconds and learns nothing much."""
    return recipes.get("ntm_copy", **TINY)


@pytest.fixture(scope="session")
def tiny_run(tiny, tmp_path_factory):
    """A finished run of the tiny recipe; not to be changed."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    return tiny.fit(folder, verbose=0)


@pytest.fixture(scope="session")
def lookup():
    """The recipe that compiles fastest: for tests of runs, whatever is trained."""
    return recipes.get("key_value_lookup", **LOOKUP)


@pytest.fixture(scope="session")
def lookup_run(lookup, tmp_path_factory):
    """A finished run of the lookup; not to be changed."""
    return lookup.fit(tmp_path_factory.mktemp("runs") / "lookup", verbose=0)


@pytest.fixture
def copied_run(lookup_run, tmp_path):
    """`copied_run(epochs=...)`: a folder of that run, to be changed."""

    def copy(**fields):
        folder = shutil.copytree(lookup_run.folder, tmp_path / "copied")
        config = json.loads((folder / "run.json").read_text())
        config["fields"] |= fields
        (folder / "run.json").write_text(json.dumps(config))
        return folder

    return copy


class Process(subprocess.Popen):
    """`python -c script arguments`, with what it writes in files."""

    def __init__(self, stem, script, *arguments, **environment):
        self._files = [Path(f"{stem}.{ending}") for ending in ("out", "err")]
        with self._files[0].open("w") as output, self._files[1].open("w") as errors:
            super().__init__(
                [sys.executable, "-c", script, *map(str, arguments)],
                env={**os.environ, **environment},
                stdout=output,
                stderr=errors,
            )

    @property
    def out(self):
        return self._files[0].read_text()

    @property
    def err(self):
        return self._files[1].read_text()


class Processes:
    """Processes that run at once; none of them outlives the test."""

    def __init__(self, folder):
        self._folder, self._started = folder, []

    def start(self, script, *arguments, **environment):
        stem = self._folder / str(len(self._started))
        self._started.append(Process(stem, script, *arguments, **environment))
        return self._started[-1]

    def wait_for(self, condition, *needed, seconds=400):
        """Until it holds: an error when the time is over, or one of `needed` has failed."""
        until = time.monotonic() + seconds
        while not condition():
            is_possible = time.monotonic() < until and all(
                process.poll() in (None, 0) for process in needed
            )
            assert is_possible, "\n".join(
                f"{process.pid}: exit code {process.poll()}\n{process.err[-4000:]}"
                for process in needed
            )
            time.sleep(0.05)

    def finish(self, *processes):
        """Until all have ended well: an error as soon as one has not."""
        self.wait_for(lambda: all(process.poll() == 0 for process in processes), *processes)

    def kill(self, *processes):
        for process in processes or self._started:
            process.kill()
            process.wait()


@pytest.fixture
def processes(tmp_path_factory):
    started = Processes(tmp_path_factory.mktemp("processes"))
    yield started
    started.kill()


# A process in which the package is not installed.
SERVED = """
import json, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras_memory":
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
import tensorflow as tf
folder, endpoint, inputs = sys.argv[1:]
given = {name: tf.constant(value) for name, value in json.loads(inputs).items()}
found = tf.saved_model.load(folder).signatures[endpoint](**given)
print(json.dumps({k: v.numpy().tolist() for k, v in found.items()}, default=bytes.decode))
"""


@pytest.fixture
def by_shell(children, tmp_path):
    """`by_shell(run, ["--text", "…"], "endpoint", texts=["…"])`: what `keras-memory predict`
    answers, and what the SavedModel of `keras-memory export` does without the package.
    """

    def answers(run, question, endpoint="serving_default", /, **inputs):
        folder = str(run.folder)
        found = CliRunner().invoke(commands.app, ["predict", folder, *question, "--json"])
        assert found.exit_code == 0, found.output
        out = str(tmp_path / "out")
        exported = CliRunner().invoke(commands.app, ["export", folder, out])
        assert exported.exit_code == 0, exported.output
        served = children.run(SERVED, out, endpoint, json.dumps(inputs))
        return json.loads(found.stdout), json.loads(served.splitlines()[-1])

    return answers
