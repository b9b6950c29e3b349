import json
import shutil

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
