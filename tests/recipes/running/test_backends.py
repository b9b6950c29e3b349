"""The preset on another backend: the same answers, and the same training step."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from keras_memory.recipes.command_line import commands

STEP = """
import sys
import keras
import numpy as np
from keras_memory import recipes, zoo
model = zoo.from_preset("ntm_copy")
recipe = recipes.get("ntm_copy")
random = np.random.default_rng(3)
lengths = np.array([6, 3, 5, 1], "int32")
vectors = random.integers(0, 2, (4, 6, 8)).astype("uint8")
vectors[np.arange(6) >= lengths[:, None]] = 0
inputs, targets, weights = (np.asarray(x) for x in recipe.to_batch(
    {"vectors": vectors, "length": lengths}))
before = model.predict(inputs, verbose=0)
model.jit_compile = keras.backend.backend() == "jax"  # TensorFlow's graph compiles faster
loss = model.train_on_batch(inputs, targets, sample_weight=weights)[0]
after = {f"weight_{i}": w for i, w in enumerate(model.get_weights())}
np.savez(sys.argv[1], logits=before, loss=loss, **after)
"""

STUDIES = """
import json, sys
from pathlib import Path
from keras_memory.recipes.associative import bam_letters, hopfield_capacity
recalled = bam_letters.pairs_recalled(1)
found = {
    **{" ".join(key): list(counts.values()) for key, counts in recalled.items()},
    **{rule: hopfield_capacity._errors(rule, 40, 1) for rule in hopfield_capacity.LOADS},
}
Path(sys.argv[1]).write_text(json.dumps(found))
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.only("tensorflow", because="JAX is started beside it"),
]


@pytest.fixture
def on_both(tmp_path, children, monkeypatch):
    """`on_both(script)`: the files it writes, here on TensorFlow and in a child on JAX."""

    def run(script):
        files = tmp_path / "tensorflow", tmp_path / "jax"
        monkeypatch.setattr(sys, "argv", ["-c", str(files[0])])
        exec(script, {})
        children.run(script, files[1], backend="jax")
        return files

    return run


def test_tensorflow_and_jax_agree(on_both):
    ours, theirs = (dict(np.load(path.with_suffix(".npz"))) for path in on_both(STEP))
    probabilities = [1 / (1 + np.exp(-logits["logits"])) for logits in (ours, theirs)]
    np.testing.assert_allclose(*probabilities, atol=1e-5)
    for name in set(ours) - {"logits"}:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5, atol=1e-5)


def test_studies_of_memories_agree(on_both):
    """Compiled by either, they count the same."""
    found = [json.loads(path.read_text()) for path in on_both(STUDIES)]
    assert found[0] == found[1]
    assert found[0]["letters first"][:2] == [1, 2]
    assert found[0]["hebb"][0][-1] > 0.01


def test_a_story_is_read_on_jax():
    """By the whole tool, which chooses the backend before anything is imported."""
    words = ["predict", "memn2n_babi_world", "--json", "--question", "Where is Mary?"]
    words += ["--story", "Mary went to the kitchen."]
    here = CliRunner().invoke(commands.app, words)
    tool = Path(sys.executable).with_name("keras-memory")
    on_jax = subprocess.run(
        [tool, "--backend", "jax", *words],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
    )
    assert on_jax.returncode == 0, on_jax.stderr[-2000:]
    ours, theirs = (json.loads(completed.stdout) for completed in (here, on_jax))
    probabilities = [one.pop("probability") for one in (ours, theirs)]
    assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-5)
    assert ours == theirs
    assert ours["answer"] == "kitchen"
