"""Sizes that no machine has room for are refused when a recipe is made."""

import pytest

from keras_memory import recipes


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("ntm_copy", {"bits": 10**9}, "bits up to 1000000. Received: 1000000000"),
        ("ntm_copy", {"train_examples": 10**18}, "train_examples up to 10000000"),
        ("ntm_copy", {"batch_size": "100000000000000000000"}, "batch_size up to"),
        ("ntm_copy", {"length": (10, 10**9)}, "length up to 100000. Received: 1000000000"),
        ("key_value_lookup", {"distractors": 10**9}, "distractors up to 10000"),
        ("pointer_tsp", {"points": "5,100000"}, "points up to 1000"),
        ("sab_copy", {"steps_per_epoch": 10**6, "batch_size": 101}, "100000000 examples"),
    ],
)
def test_sizes_are_bounded(name, fields, message):
    with pytest.raises(ValueError, match=f"Expected .*{message}") as caught:
        recipes.get(name, **fields)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", recipes.names())
def test_no_whole_number_of_a_recipe_is_unbounded(name):
    recipe = recipes.get(name)
    for field in type(recipe).__pydantic_fields__:
        value = getattr(recipe, field)
        if isinstance(value, int) and not isinstance(value, bool):
            with pytest.raises(ValueError, match="up to|less than|odd"):
                type(recipe).of(**{field: 10**20})
