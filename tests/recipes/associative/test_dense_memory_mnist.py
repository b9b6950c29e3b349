"""Digits classified by a dense memory; images of blobs in their place."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.associative import dense_memory_mnist


@pytest.fixture
def blobs(monkeypatch):
    """Noisy copies of ten images, one of each class."""

    def load(name, split):
        random = np.random.default_rng(
            ["train[:50000]", "train[50000:]", "test"].index(split)
        )
        coarse = np.random.default_rng(9).integers(0, 256, (10, 7, 7, 1)).astype("uint8")
        label = random.integers(0, 10, 300)
        images = coarse.repeat(4, axis=1).repeat(4, axis=2)[label]
        noise = random.integers(0, 256, images.shape).astype("uint8")
        noisy = random.random(images.shape) < 0.2
        return {"image": np.where(noisy, noise, images), "label": label}

    monkeypatch.setattr(dense_memory_mnist, "load_public", load)


@pytest.mark.parametrize("power", [2, 3])
def test_it_learns(power, blobs, tmp_path):
    recipe = recipes.get(
        "dense_memory_mnist",
        power=power,
        memories=20,
        epochs=2,
        steps_per_epoch=60,
        jit_compile=False,
    )
    run = recipe.fit(run_dir=tmp_path / "run", verbose=0)
    assert run.metrics["error_percent"] < 10
    trace = run.model.trace(recipe.to_batch(recipe.examples("test"))[0])
    assert trace["overlaps"].shape == (300, 20)
    predicted = np.argmax(trace["activities"], axis=-1)
    wrong = 100 * np.mean(predicted != recipe.examples("test")["label"])
    assert wrong == pytest.approx(run.metrics["error_percent"], abs=1)
    (grid,) = recipe.figures(run.model).values()
    assert len(grid.axes) == 40


def test_pixels_are_numbers_from_minus_one_to_one(blobs):
    recipe = recipes.get("dense_memory_mnist")
    examples = recipe.examples("validation")
    pixels, classes = (np.asarray(side) for side in recipe.to_batch(examples))
    images = np.reshape(examples["image"], (300, 784)).astype("float64")
    np.testing.assert_allclose(pixels, 2 * images / 255 - 1, atol=1e-6)
    np.testing.assert_array_equal(classes.argmax(axis=-1), examples["label"])
    assert classes.shape == (300, 10)
