"""Rows beyond the paper's test: what is reached, and data that nothing else has."""

import dataclasses

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.datasets.copy_task.copy_task_dataset_builder import SEED
from keras_memory.recipes.running.beyond import beyond, fresh
from keras_memory.zoo.saving.model_cards import beyond_text, model_card


def rows_of(monkeypatch, *rows):
    recipe = recipes.registry.recipe_class("key_value_lookup")
    study = dataclasses.replace(recipe.study, beyond=lambda recipe, model: list(rows))
    monkeypatch.setattr(recipe, "study", study)
    return beyond(recipes.get("key_value_lookup"), None)


@pytest.mark.parametrize(
    ("target", "figure", "reached"),
    [
        ("0", 0.0, "yes"),
        ("0", 1e-9, "no"),
        ("≥ 0.99", 0.99, "yes"),
        ("≥ 0.99", 0.98, "no"),
        ("≥ 0.99", float("nan"), "no"),
        ("≤ 2", 1.5, "yes"),
        ("≤ 2", 2.5, "no"),
        ("", 5.0, ""),
    ],
)
def test_a_target_is_one_of_the_first_figure(monkeypatch, target, figure, reached):
    other = {"condition": "other", "error": 0, "target": "0"}
    row = {"condition": "longer", "target": target, "error": figure, "seconds": 0.99}
    row = rows_of(monkeypatch, other, row)[1]
    assert list(row) == ["condition", "error", "seconds", "target", "reached"]
    assert row["reached"] == reached


def test_rows_are_alike_in_their_columns(monkeypatch):
    first, second = rows_of(
        monkeypatch, {"condition": "a", "error": 1}, {"condition": "b", "correct": 2}
    )
    assert first == {"condition": "a", "error": 1, "correct": ""}
    assert second == {"condition": "b", "error": "", "correct": 2}
    assert rows_of(monkeypatch) == []


def test_what_is_sampled_is_the_same_each_time_and_no_other_data():
    copying, sorting = recipes.get("ntm_copy", seed=3), recipes.get("pointer_sort")
    first, again, other = (
        fresh(recipe).random(8) for recipe in (copying, copying.replace(seed=4), sorting)
    )
    np.testing.assert_array_equal(first, again)
    seeds = *range(20), *((SEED, 8, 1, 20, stream) for stream in range(3))
    for numbers in (other, *(np.random.default_rng(seed).random(8) for seed in seeds)):
        assert not np.intersect1d(first, numbers).size


def test_the_card_says_what_is_not_reached(monkeypatch):
    rows = rows_of(
        monkeypatch,
        {"condition": "101 blanks", "correct": 0.5, "target": "≥ 0.99"},
        {"condition": "102 blanks", "correct": 1.0, "target": "≥ 0.99"},
    )
    card = model_card("any", {"sha256": "0", "beyond": rows})
    assert "## Beyond the paper's test" in card
    assert "**Not reached**: 101 blanks." in card
    assert "| 101 blanks | 0.5 | ≥ 0.99 | no |" in card
    assert "All are reached." in beyond_text(rows[1:])
    assert "reached" not in beyond_text([{"condition": "a", "correct": 0.5}])
    assert "Beyond" not in model_card("any", {"sha256": "0", "beyond": []})
