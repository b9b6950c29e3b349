"""What studies measure beyond the paper's test, and what their cards report."""

import math

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.associative import digits_beyond, sets_beyond
from keras_memory.recipes.attention import hierarchical_attention_imdb_beyond as reviews
from keras_memory.recipes.datasets import changed_images
from keras_memory.recipes.memory_networks import key_value_lookup_beyond
from keras_memory.recipes.recurrent import beyond as recurrent
from keras_memory.recipes.running.beyond import beyond
from keras_memory.recipes.running.loading import load_model
from keras_memory.zoo.saving.presets import Preset

# Conditions, and where these are left or a paper's test is, what is found under them.
IN_CARDS = {
    "autoencoder_mnist": ("hidden: the lower 14 rows", 0.038, 0.002),
    "dense_memory_mnist": ("as they are", 1.8, 0.7),
    "hierarchical_attention_imdb": ("as they are", 0.891, 0.03),
    "hopfield_bit_pattern": ("bags of 16", 1, 0.01),
    "hopfield_latch_sequence": ("sequences of 1,000", 1, 0),
    "hopfield_mil_elephant": ("as they are", 92, 0.1),
    "hopfield_mil_fox": ("as they are", 77, 0.1),
    "hopfield_mil_tiger": ("as they are", 98, 0.1),
    "hopfield_mnist_bags": ("bags of 10, as they are", 0.93, 0.04),
    "key_value_lookup": ("512 pairs", 1, 0),
    "sab_adding": ("200 terms", 0.00044, 0.0002),
    "sab_char_ptb": ("pieces of 100", 2.005, 0.05),
    "sab_cifar10": ("as they are", 0.412, 0.04),
    "sab_permuted_mnist": ("as they are", 0.846, 0.03),
}
FEW = [
    (sets_beyond, "SETS", 40),
    (key_value_lookup_beyond, "LOOKUPS", 40),
    (recurrent, "SEQUENCES", 20),
    (recurrent, "TERMS", (200,)),
]


@pytest.mark.parametrize("name", IN_CARDS)
def test_what_is_in_the_card(name):
    rows = Preset.get(name).metadata["beyond"]
    assert len(rows) >= 5
    assert all(math.isfinite(list(row.values())[1]) for row in rows)
    condition, figure, tolerance = IN_CARDS[name]
    (row,) = (row for row in rows if row["condition"] == condition)
    assert list(row.values())[1] == pytest.approx(figure, abs=tolerance)


@pytest.mark.parametrize(
    "name",
    ["key_value_lookup", "hopfield_bit_pattern", "hopfield_latch_sequence", "sab_adding"],
)
def test_what_is_sampled_anew(name, monkeypatch):
    """Of few examples each: a condition of training is as it is in the card."""
    for module, field, value in FEW:
        monkeypatch.setattr(module, field, value)
    rows = {row.pop("condition"): row for row in beyond(*load_model(name))}
    condition, figure, tolerance = IN_CARDS[name]
    found = next(iter(rows[condition].values()))
    assert found == pytest.approx(figure, abs=max(3 * tolerance, 0.001))


@pytest.mark.parametrize(
    ("name", "fields", "condition", "figure"),
    [
        ("bam_letters", {}, "10 % of the points turned", 100),
        ("hopfield_capacity", {"units": 60, "patterns": 3}, "0 % of a cue turned", 0),
        ("hopfield_mnist", {"patterns": 20}, "the lower 14 rows hidden", 100),
    ],
)
def test_what_is_recalled(name, fields, condition, figure):
    recipe = recipes.get(name, **fields)
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), verbose=0)
    rows = {row.pop("condition"): row for row in beyond(recipe, model)}
    assert next(iter(rows[condition].values())) == pytest.approx(figure, abs=3)


def test_images_are_moved_by_so_much():
    images = np.zeros((50, 9, 9, 1), "uint8")
    images[:, 4, 4] = 200
    random = np.random.default_rng(0)
    for pixels in (1, 2):
        moved = changed_images.moved(random, images, pixels)
        found = {tuple(place) for place in np.argwhere(moved)[:, 1:3]}
        assert found == {(4 - pixels, 4), (4 + pixels, 4), (4, 4 - pixels), (4, 4 + pixels)}
        assert moved.sum() == images.sum()


def test_changed_images_are_bytes_and_differ():
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype="uint8")
    changed = changed_images.changed_images(np.random.default_rng(1), images)
    for name, others in changed.items():
        assert others.shape == images.shape, name
        assert others.dtype == "uint8", name
        assert np.array_equal(others, images) == (name == "as they are"), name
    assert np.mean(np.abs(changed["noise of deviation 0.1"] - images.astype(int))) < 30


def test_hidden_points_count_alone():
    known = np.arange(4) < 2
    found = np.array([[9.0, 9.0, 0.5, 1.0]])
    digits = np.array([[0, 0, 0, 255]])
    assert digits_beyond._hidden_error(found, digits, known) == pytest.approx(0.125)


def test_one_letter_in_twenty_is_mistyped():
    text = "A fine film, 10 of 10. " * 200
    mistyped = reviews._mistyped(np.random.default_rng(0), text)
    wrong = [a for a, b in zip(text, mistyped, strict=True) if a != b]
    assert 0.03 < len(wrong) / sum(map(str.isalpha, text)) < 0.07
    assert all(map(str.isalpha, wrong))
