import dataclasses

import pytest

from keras_memory import recipes


def test_every_recipe_can_be_made_and_says_what_it_is_held_against():
    for name in recipes.names():
        recipe = recipes.get(name)
        assert recipe.name == name
        assert recipe.published or recipe.targets


def test_fields_are_parsed_and_frozen():
    recipe = recipes.get("ntm_copy", memory_slots="64", length="20,50", jit_compile="false")
    assert (recipe.memory_slots, recipe.length, recipe.jit_compile) == (64, (20, 50), False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.memory_slots = 32


def test_overrides_are_what_differs():
    assert recipes.get("ntm_copy", seed=3, bits=8).overrides == {"seed": 3}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"memory_slot": 64}, "did you mean 'memory_slots'"),
        ({"memory_slots": "many"}, "memory_slots.*'many'"),
        ({"num_heads": 0}, "num_heads.*greater than 0"),
        ({"shift_width": 4}, "shift_width.*odd"),
        ({"controller": "gru"}, "controller.*'feedforward'"),
        ({"min_length": 30}, "min_length=30"),
        ({"length": ()}, "length"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"seed": 2**32}, "seed"),
    ],
)
def test_wrong_fields_are_one_clear_line(overrides, message):
    with pytest.raises(ValueError, match=message) as caught:
        recipes.get("ntm_copy", **overrides)
    assert "\n" not in str(caught.value)


def test_a_recipe_of_one_s_own_can_be_replaced():
    class Mine(type(recipes.get("ntm_copy"))):
        pass

    changed = Mine(seed=4).replace(epochs="2")
    assert (type(changed), changed.seed, changed.epochs) == (Mine, 4, 2)


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(ValueError, match="ntm_copy.*Received: 'ntm'"):
        recipes.get("ntm")


def test_longer_than_the_memory_warns():
    with pytest.warns(UserWarning, match="longer than the memory of 64 slots"):
        recipes.get("ntm_copy", memory_slots=64)
