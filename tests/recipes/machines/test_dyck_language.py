import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.machines.dyck_language_study import distances

TINY = {
    "train_examples": 40,
    "test_episodes": 10,
    "epochs": 1,
    "steps_per_epoch": 10,
    "batch_size": 4,
    "kinds": 3,
    "max_depth": 2,
    "depth": (3, 4),
    "controller_units": 8,
    "memory_width": 4,
    "jit_compile": False,
}
# ( [ ] ( ) ), of the kinds 0, 1, 0.
OPENS, KINDS = np.array([1, 1, 0, 1, 0, 0], bool), [0, 1, 0]


@pytest.fixture(scope="module")
def small():
    return recipes.get("dyck_language", **TINY)


@pytest.fixture
def word(small):
    from keras_memory.recipes.datasets import builder_of

    parts = builder_of(small.builder, small.training).layout(OPENS, KINDS)
    names = "inputs", "targets", "counts"
    return {name: part[None] for name, part in zip(names, parts, strict=True)}


def test_a_run(small, tmp_path):
    run = small.fit(tmp_path / "run", verbose=0)
    assert set(run.metrics) == {"accuracy_depth_3", "accuracy_depth_4"}
    assert set(small.figures(run.model)) == {"strengths"}
    (row,) = small.study.rows([run])
    assert row["accuracy_depth_4"] == run.metrics["accuracy_depth_4"]
    answer = small.answer(run.model, brackets="([](")
    assert answer["closes"] in ")]}"
    assert answer["right"] == (answer["closes"] == ")")


def test_accuracy_is_of_brackets_that_close(small, word):
    """Always the kind 0: of three brackets that close, two are."""
    recipe = small.replace()
    always = np.eye(3)[[0] * 6][None]
    object.__setattr__(recipe, "logits", lambda model, examples: always)
    assert recipe.errors(None, word, "x") == {"accuracy_x": pytest.approx(2 / 3)}


def test_distances(word):
    np.testing.assert_array_equal(distances(word), [[0, 1, 0, 1, 5, 0]])


def test_beyond_has_a_row_for_each_distance(small):
    rows = small.study.beyond(small.model())
    conditions = [row["condition"] for row in rows]
    assert conditions[:2] == [
        f"depth 4, opened {n} steps before" for n in ("1 to 1", "2 to 9")
    ]
    assert all(0 <= row["accuracy"] <= 1 for row in rows)
    assert small.replace(machine="lstm").study.beyond(None) == []


def test_bad_fields_and_brackets(small):
    for name, value in (("kinds", 1), ("kinds", 99), ("max_depth", 0), ("machine", "heap")):
        with pytest.raises(ValueError, match=name):
            recipes.get("dyck_language", **{name: value})
    for text in ("", "(]", ")", "()", "(x"):
        with pytest.raises(ValueError, match=r"Expected brackets, of \(\[\{ and"):
            small.answer(None, brackets=text)
