"""Hopfield networks learn which item the label of a set hangs on."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from keras_memory import recipes
from keras_memory.recipes.associative import hopfield_mnist_bags

pytestmark = pytest.mark.long

READINGS = "association", "lookup", "pooling"
BITS = {
    "jit_compile": False,
    "items": 6,
    "bits": 5,
    "signals": 2,
    "epochs": 5,
    "learning_rate": 1e-2,
}
LATCH = {
    "jit_compile": False,
    "length": 8,
    "characters": 5,
    "epochs": 3,
    "learning_rate": 2e-2,
}
BAGS = {
    "jit_compile": False,
    "train_bags": 60,
    "validation_bags": 20,
    "test_bags": 100,
    "length_mean": 4,
    "length_deviation": 1,
    "digit": 3,
    "batch_size": 4,
    "steps_per_epoch": 15,
    "epochs": 10,
    "learning_rate": 2e-3,
    "embedding_units": 16,
    "key_dim": 8,
}


@pytest.fixture
def digits(monkeypatch):
    """In the place of MNIST: a digit d is a bright block, the d-th of sixteen, and noise."""

    def images(name, split):
        random = np.random.default_rng(len(split))
        label = random.integers(0, 10, 400)
        coarse = 200 * (np.arange(16) == label[:, None]).reshape(-1, 4, 4, 1)
        image = np.kron(coarse, np.ones((1, 7, 7, 1))) + random.integers(0, 50, (28, 28, 1))
        return {"image": image.astype("uint8"), "label": label}

    monkeypatch.setattr(hopfield_mnist_bags, "load_public", images)


def train(name, **fields):
    recipe = recipes.get(name, **fields)
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), epochs=recipe.epochs, verbose=0)
    return recipe, model


@pytest.fixture(scope="module")
def trained():
    """`trained(name, **fields)`: a recipe and its model, trained once; not to be changed."""
    return functools.cache(train)


@pytest.mark.parametrize("reading", READINGS)
def test_it_finds_signals(reading, trained):
    """Guessing is right one time in two."""
    recipe, model = trained("hopfield_bit_pattern", reading=reading, **BITS)
    assert recipe.evaluate(model)["accuracy"] > 0.95
    assert set(recipe.figures(model)) == {"attention_map"}


@pytest.mark.parametrize("reading", READINGS)
def test_it_finds_what_came_first(reading, trained):
    recipe, model = trained("hopfield_latch_sequence", reading=reading, **LATCH)
    assert recipe.evaluate(model)["accuracy"] > 0.99
    assert set(recipe.figures(model)) == {"attention_map"}


def test_pooling_attends_to_what_came_first(trained):
    recipe, model = trained("hopfield_latch_sequence", reading="pooling", **LATCH)
    assert recipe.study.further_metrics(model)["most_weight_on_wanted_item"] > 0.95
    weights = recipe.item_weights(model, recipe.examples("test"))
    assert weights.shape == (1024, 8)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


def test_it_finds_the_wanted_digit(digits, trained):
    """More than half of the bags hold none."""
    recipe, model = trained("hopfield_mnist_bags", **BAGS)
    assert recipe.evaluate(model)["accuracy"] > 0.95
    assert recipe.study.further_metrics(model)["most_weight_on_wanted_item"] > 0.9
    assert set(recipe.figures(model)) == {"bags"}


def test_bags_hold_the_digits_that_they_say(digits):
    recipe = recipes.get("hopfield_mnist_bags", **BAGS)
    for split, size in (("train", 60), ("validation", 20), ("test", 100)):
        bags = recipe.examples(split)
        block = bags["items"].reshape(size, -1, 4, 7, 4, 7).mean(axis=(3, 5))
        brightest = block.reshape(*block.shape[:2], 16)
        digit = np.where(brightest.max(axis=-1) > 100, brightest.argmax(axis=-1), -1)
        np.testing.assert_array_equal(digit == 3, bags["is_relevant"])
        np.testing.assert_array_equal((digit >= 0).sum(axis=1), bags["length"])
        np.testing.assert_array_equal((digit == 3).any(axis=1), bags["label"])
        again = recipe.examples(split)
        np.testing.assert_array_equal(again["items"], bags["items"])


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("hopfield_bit_pattern", {"reading": "pooling", **BITS}),
        ("hopfield_mnist_bags", BAGS),
    ],
)
def test_a_trained_model_is_served(name, fields, digits, trained, tmp_path):
    recipe, model = trained(name, **fields)
    inputs, _ = recipe.to_batch(recipe.examples("test"))
    folder = recipe.export(model, tmp_path / "saved")
    serve = tf.saved_model.load(str(folder)).signatures["serving_default"]
    (logits,) = serve(**inputs).values()
    np.testing.assert_allclose(logits, model(inputs), atol=1e-5)
    assert np.ptp(logits[:, 1]) > 0.1


def test_the_baseline_plots_nothing(tmp_path):
    recipe = recipes.get("hopfield_latch_sequence", reading="lstm", **LATCH)
    run = recipe.replace(steps_per_epoch=2, epochs=2).fit(tmp_path / "run", verbose=0)
    assert set(run.metrics) == {"accuracy"}
    assert [path.name for path in run.plot()] == ["learning_curve.png"]
    assert not run.recipe.study.is_candidate


def test_the_study_says_when_there_is_no_error_any_more():
    recipe = recipes.get("hopfield_latch_sequence")
    losses, accuracies = [0.7, 0.1, 0.2], [0.5, 1.0, 1.0]
    history = [
        {"epoch": i, "accuracy": a, "val_loss": loss, "val_accuracy": a}
        for i, (loss, a) in enumerate(zip(losses, accuracies, strict=True))
    ]
    runs = [
        SimpleNamespace(recipe=recipe, history=history[:end], metrics={"accuracy": 0.9})
        for end in (3, 1)
    ]
    rows = recipe.study.rows(runs)
    assert [row["epoch"] for row in rows] == ["2 of 3", "1 of 1"]
    first = "first epoch without an error (validation)"
    assert [row[first] for row in rows] == [2, "none"]


def test_wrong_fields():
    with pytest.raises(ValueError, match="reading.*'pooling'.*'sum'"):
        recipes.get("hopfield_bit_pattern", reading="sum")
    with pytest.raises(ValueError, match="Expected fewer than 4 signals. Received: 4"):
        recipes.get("hopfield_bit_pattern", bits=2, signals=4)
    with pytest.raises(ValueError, match="characters.*greater than 2.*Received: 2"):
        recipes.get("hopfield_latch_sequence", characters=2)
