"""The preset on another backend: the same answers, and the same training step."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

STEP = """
import sys
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
loss = model.train_on_batch(inputs, targets, sample_weight=weights)[0]
after = {f"weight_{i}": w for i, w in enumerate(model.get_weights())}
np.savez(sys.argv[1], logits=before, loss=loss, **after)
"""

STUDIES = """
import json, sys
from keras_memory.recipes import bam_letters, hopfield_capacity
held = bam_letters.pairs_recalled(1)
found = {
    **{" ".join(key): list(counts.values()) for key, counts in held.items()},
    **{rule: hopfield_capacity._errors(rule, 40, 1) for rule in hopfield_capacity.LOADS},
}
print(json.dumps(found))
"""


def test_tensorflow_and_jax_agree(tmp_path):
    results = {}
    for backend in ("tensorflow", "jax"):
        path = tmp_path / f"{backend}.npz"
        environment = {**os.environ, "KERAS_BACKEND": backend}
        command = [sys.executable, "-c", STEP, str(path)]
        subprocess.run(command, check=True, capture_output=True, env=environment)
        results[backend] = dict(np.load(path))
    ours, theirs = results["tensorflow"], results["jax"]
    probabilities = [1 / (1 + np.exp(-logits["logits"])) for logits in (ours, theirs)]
    np.testing.assert_allclose(*probabilities, atol=1e-5)
    for name in set(ours) - {"logits"}:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5, atol=1e-5)


def test_studies_of_memories_agree():
    """Compiled by either, they count the same."""
    found = []
    for backend in ("tensorflow", "jax"):
        environment = {**os.environ, "KERAS_BACKEND": backend}
        command = [sys.executable, "-c", STUDIES]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr[-2000:]
        found.append(json.loads(done.stdout))
    assert found[0] == found[1]
    assert found[0]["letters first"][:2] == [1, 2]
    assert found[0]["hebb"][0][-1] > 0.01


def test_a_story_is_read_on_jax():
    command = [Path(sys.executable).with_name("keras-memory")]
    said = {}
    for backend in ("tensorflow", "jax"):
        options = ["--backend", backend, "predict", "memn2n_babi_world", "--json"]
        story = ["--story", "Mary went to the kitchen.", "--question", "Where is Mary?"]
        done = subprocess.run([*command, *options, *story], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        said[backend] = json.loads(done.stdout)
    ours, theirs = said["tensorflow"], said["jax"]
    probabilities = [one.pop("probability") for one in (ours, theirs)]
    assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-5)
    assert ours == theirs
    assert ours["answer"] == "kitchen"
