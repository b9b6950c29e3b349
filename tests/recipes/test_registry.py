import dataclasses

import pytest

from keras_memory import recipes
from keras_memory.recipes.running.moved import OF_STUDY


def test_every_recipe_can_be_made_and_has_figures_to_compare_with():
    for name in recipes.names():
        recipe = recipes.get(name)
        assert recipe.name == name
        studied = [recipe.replace(**f) for part in recipe.study.parts.values() for f in part]
        of_a_user = name.endswith("_from_file")
        assert of_a_user or any(run.published or run.targets for run in [recipe, *studied])


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


def test_a_study_is_that_of_its_recipe():
    recipe = recipes.get("pointer_convex_hull", order="angle")
    assert recipe.study.preset == "pointer_convex_hull_by_angle"
    assert recipe.study.targets == recipe.targets
    assert recipe.targets["accuracy_percent_n_10"] == ("≥", 95.0)
    assert recipes.get("pointer_convex_hull").targets["accuracy_percent_n_10"] == ("≥", 87.0)
    assert type(recipe).study.parts == recipe.study.parts


@pytest.mark.parametrize("name", recipes.names())
def test_every_run_of_a_study_can_be_made(name):
    """And its fewest fields make it again."""
    for variants in recipes.get(name).study.parts.values():
        for fields in variants:
            recipe = recipes.get(name, **fields)
            assert recipes.get(name, **recipe.overrides) == recipe
            assert set(recipe.overrides) <= set(fields)


def test_fields_that_follow_from_others():
    recipe = recipes.get("memn2n_babi", task="1")
    assert (recipe.dim, recipe.epochs, recipe.linear_epochs) == (20, 24, 4)
    assert recipe.overrides == {"task": 1}
    at_once = recipe.replace(linear_epochs=0)
    assert (at_once.epochs, at_once.learning_rate) == (20, 1e-2)
    assert at_once.replace(epochs=20).overrides == {"task": 1, "linear_epochs": 0}
    assert recipe.replace(epochs=20).overrides == {"task": 1, "epochs": 20}


def test_names_that_moved_warn():
    recipe = recipes.get("hopfield_mil")
    with pytest.warns(DeprecationWarning, match="hopfield_mil.preset is now .*study.preset"):
        assert recipe.preset == "hopfield_mil_tiger"
    with pytest.warns(DeprecationWarning, match="study_text is now hopfield_mil.study.text"):
        assert "Each fold" in recipe.study_text([])
    with pytest.warns(DeprecationWarning, match="lay_out is now hopfield_mil.to_batch"):
        assert recipe.lay_out == recipe.to_batch


class TestRecipesOfTheVersionBefore:
    """Those of users, which write what a recipe had then."""

    def test_lay_out_is_to_batch(self):
        class Mine(recipes.Recipe):
            def to_batch(self, examples):
                return (1,)

            examples = model = evaluate = search_space = to_batch

        with pytest.warns(DeprecationWarning, match="Expected Old to .* Received: lay_out"):

            class Old(Mine):
                def lay_out(self, examples):
                    return (*super().lay_out(examples), 2)

        with pytest.warns(DeprecationWarning, match="Expected Older to .* Received: lay_out"):

            class Older(Old):
                def lay_out(self, examples):
                    return (*super().lay_out(examples), 3)

        class New(Older):
            def to_batch(self, examples):
                return (*super().to_batch(examples), 4)

        with pytest.warns(DeprecationWarning, match=r"lay_out is now \w+.to_batch"):
            assert Old().to_batch({}) == (1, 2)
        with pytest.warns(DeprecationWarning, match=r"lay_out is now \w+.to_batch"):
            assert New().to_batch({}) == New().lay_out({}) == (1, 2, 3, 4)

    @pytest.mark.parametrize("name", [*OF_STUDY, "study"])
    def test_what_belongs_into_a_study_is_refused(self, name):
        argument = {**OF_STUDY, "study": "parts"}[name]
        expected = rf"Expected Old to write .*Study\({argument}=...\).*Received: {name}$"
        for value in ({}, property(lambda recipe: {}), lambda recipe, runs: []):
            with pytest.raises(TypeError, match=expected):
                type("Old", (type(recipes.get("ntm_copy")),), {name: value})

    def test_all_of_it_is_named_at_once(self):
        members = {"data": "mine", "study": {}}
        with pytest.raises(TypeError, match=r"Study\(data=..., parts=...\).*: data, study$"):
            type("Old", (recipes.Recipe,), members)
