"""Digits recalled from halves; random patterns where there are no digits."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.associative import hopfield_mnist


@pytest.fixture
def digits(monkeypatch):
    """Fifty images of blobs in the place of MNIST, and fifty others."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (100, 7, 7, 1)).astype("uint8")
    images = coarse.repeat(4, axis=1).repeat(4, axis=2)
    parts = {"train[:50]": images[:50], "test[:50]": images[50:]}
    monkeypatch.setattr(
        hopfield_mnist, "load_public", lambda name, split: {"image": parts[split]}
    )
    return images[:50]


@pytest.mark.parametrize("fields", [{}, {"similarity": "dot", "centred": True}])
def test_halves_recall_the_whole(fields, digits, tmp_path):
    recipe = recipes.get("hopfield_mnist", patterns=50, **fields)
    run = recipe.fit(run_dir=tmp_path / "run", verbose=0)
    assert run.metrics["recalled_percent"] == 100
    assert run.metrics["recalled_percent_seen"] == 100
    assert run.metrics["squared_error_all_seen"] < 1e-5
    assert run.metrics["recalled_percent_unseen"] == 0
    assert run.metrics["squared_error_hidden_unseen"] > 0.05
    assert 0 < run.metrics["updates_mean"] <= 3
    assert set(recipe.figures(run.model)) == {"recall_strip", "energy"}


def test_a_cue_has_its_upper_part_alone(digits):
    recipe = recipes.get("hopfield_mnist", hidden_rows=20, patterns=50)
    cues, patterns = recipe.to_batch(recipe.examples("test"))
    np.testing.assert_allclose(patterns, digits.reshape(50, -1) / 255, atol=1e-5)
    images = np.reshape(cues, (50, 28, 28))
    np.testing.assert_array_equal(images[:, :8], np.reshape(patterns, (50, 28, 28))[:, :8])
    assert not images[:, 8:].any()
    known = np.reshape(recipe.known(cues)["known"], (28, 28))
    assert known[:8].all()
    assert not known[8:].any()


def test_something_of_a_cue_is_known():
    with pytest.raises(ValueError, match="hidden_rows: .* less than 28. Received: 28"):
        recipes.get("hopfield_mnist", hidden_rows=28)


def test_without_mnist(monkeypatch, tmp_path, caplog):
    def absent(name, split):
        raise OSError("no mnist")

    monkeypatch.setattr(hopfield_mnist, "load_public", absent)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe = recipes.get("hopfield_mnist", patterns=30)
    model = recipe.model()
    model.fit(recipe.dataset("train"), verbose=0)
    metrics = recipe.evaluate(model)
    assert metrics["recalled_percent"] == 100
    assert metrics["recalled_percent_unseen"] == 0
    assert "random patterns instead" in caplog.text
