"""The preset of `autoencoder_mnist` does what its card says."""

from pathlib import Path

import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.recipes.associative import autoencoder_mnist
from keras_memory.recipes.running.loading import load_model
from keras_memory.zoo.saving.presets import Preset

# Real data, where they are prepared; a fresh machine does not have them.
PREPARED = Path(__file__).parents[4] / "shared" / "tfds"


def test_half_a_stroke():
    """Without the data: a stroke that ends where what is hidden begins goes on there."""
    image = np.zeros((28, 28), "float32")
    image[4:14, 13:15] = 1
    found = zoo.from_preset("autoencoder_mnist").trace(image.reshape(1, -1))
    lower = found["reconstructions"].reshape(28, 28)[14:]
    assert lower[:5, 12:16].max(axis=1).min() > 0.5
    assert lower[:, :6].max() < 0.1
    assert lower[:, 22:].max() < 0.1


def test_the_card_has_three_seeds_and_fewer_digits():
    """Each nearer to digits that were not seen than the nearest digit is."""
    metadata = Preset.get("autoencoder_mnist").metadata
    seeds, fewer = metadata["studies"]
    assert len(seeds["rows"]) == 3
    place = seeds["columns"].index("squared error hidden unseen to nearest")
    assert all(row[place] < 0.75 for row in seeds["rows"] + fewer["rows"])


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs mnist in {PREPARED}")
def test_it_does_what_its_card_says(monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(PREPARED))
    monkeypatch.setattr(autoencoder_mnist, "TESTED", 500)
    monkeypatch.setitem(autoencoder_mnist.SPLITS, "test", "test[:500]")
    recipe, model = load_model("autoencoder_mnist")
    expected = Preset.get("autoencoder_mnist").metadata["metrics"]
    for metric, value in recipe.evaluate(model).items():
        assert value == pytest.approx(expected[metric], rel=0.1), metric
