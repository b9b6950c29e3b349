"""Digits completed by an autoencoder; blobs in the place of digits."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.associative import autoencoder_mnist, digits

SMALL = {
    "digits": 300,
    "sizes": (64, 16),
    "epochs": 4,
    "steps_per_epoch": 60,
    "batch_size": 32,
    "learning_rate": 5e-3,
    "jit_compile": False,
}


@pytest.fixture
def mnist(monkeypatch):
    """Four kinds of images, with noise: one half determines the other."""
    random = np.random.default_rng(0)
    kinds = random.integers(40, 216, (4, 7, 7)).repeat(4, axis=1).repeat(4, axis=2)
    images = {
        name: (
            kinds[random.integers(0, 4, size)] + random.normal(0, 20, (size, 28, 28))
        ).astype("uint8")[..., None]
        for name, size in (("train", 360), ("test", 50))
    }

    def load(name, split):
        part, _, rest = split.partition("[")
        start, _, stop = rest.strip("]").partition(":")
        chosen = slice(int(start or 0), int(stop) if stop else None)
        return {"image": images[part][chosen]}

    monkeypatch.setattr(autoencoder_mnist, "load_public", load)
    splits = {**autoencoder_mnist.SPLITS, "validation": "train[300:]"}
    monkeypatch.setattr(autoencoder_mnist, "SPLITS", splits)
    return images


def test_it_completes_what_it_has_not_seen(mnist, tmp_path):
    recipe = recipes.get("autoencoder_mnist", **SMALL)
    metrics = recipe.fit(tmp_path / "run", verbose=0).metrics
    assert set(metrics) == {
        *(
            f"{metric}_{kind}"
            for metric in ("recalled_percent", "squared_error_hidden", "squared_error_all")
            for kind in ("seen", "unseen")
        ),
        "squared_error_hidden_unseen_of_nearest",
        "squared_error_hidden_unseen_to_nearest",
    }
    # The nearest has noise of its own; the mean of its kind has none.
    assert metrics["squared_error_hidden_unseen_to_nearest"] < 0.8
    assert metrics["squared_error_hidden_unseen"] < 1.6 * (20 / 255) ** 2
    assert metrics["recalled_percent_seen"] == metrics["recalled_percent_unseen"] == 0
    assert (tmp_path / "run" / "figures" / "completions.png").exists()


def test_a_cue_has_its_upper_part_alone(mnist):
    recipe = recipes.get("autoencoder_mnist", digits=300, hidden_rows=20)
    stored, seen = recipe.examples("train"), recipe.examples("seen")
    np.testing.assert_array_equal(stored["cue"], stored["digit"])
    np.testing.assert_array_equal(seen["digit"], stored["digit"])
    for split, size in (("seen", 300), ("validation", 60), ("test", 50)):
        cues, whole = (np.reshape(x, (-1, 28, 28)) for x in _arrays(recipe, split))
        assert len(cues) == size
        np.testing.assert_array_equal(cues[:, :8], whole[:, :8])
        assert not cues[:, 8:].any()
        assert whole[:, 8:].any()
        assert whole.max() <= 1
    np.testing.assert_allclose(whole * 255, mnist["test"][..., 0], atol=1e-4)


def _arrays(recipe, split):
    return map(np.asarray, recipe.to_batch(recipe.examples(split)))


def test_training_hides_what_is_not_requested(mnist):
    """Some side of each digit, which the model hides: batches have it whole."""
    recipe = recipes.get("autoencoder_mnist", **SMALL)
    cues, whole = next(iter(recipe.dataset("train")))
    np.testing.assert_array_equal(cues, whole)
    layer = recipe.model().layers[1]
    hidden = np.reshape(np.asarray(layer(cues, training=True)) == 0, (-1, 28, 28))
    assert hidden[:, 0].any()
    assert hidden[:, -1].any()
    assert hidden[:, :, 0].any()


def test_metrics_of_completed_digits():
    whole = np.full((4, 784), 0.5)
    found = whole.copy()
    found[0, 0] += 0.001  # rounded to the same shade
    found[1, :392] += 0.1
    found[2, 392:] += 0.2
    metrics = digits.completion(found, whole, digits.known_points(14), "seen")
    assert metrics["recalled_percent_seen"] == 50
    assert metrics["squared_error_hidden_seen"] == pytest.approx(0.04 / 4)
    assert metrics["squared_error_all_seen"] == pytest.approx((0.01 + 0.04) / 8, rel=1e-4)


def test_nearest_over_what_is_known(rng):
    whole = rng.random((30, 784)).astype("float32")
    known = digits.known_points(14)
    cues = whole[[4, 17, 0]] * known
    cues[:, known] += rng.normal(0, 0.01, (3, 392))
    np.testing.assert_array_equal(digits.nearest(cues, whole, known), whole[[4, 17, 0]])


def test_without_mnist(monkeypatch, tmp_path):
    def unreachable(url, otherwise):
        raise OSError(otherwise)

    monkeypatch.setattr("keras_memory.recipes.datasets.check_reachable", unreachable)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(OSError, match="Expected the data set mnist in .*--data-dir"):
        recipes.get("autoencoder_mnist").fit(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_fields():
    with pytest.raises(ValueError, match="sizes: .*at least 1"):
        recipes.get("autoencoder_mnist", sizes=())
    assert recipes.get("autoencoder_mnist", sizes="64,8").sizes == (64, 8)
