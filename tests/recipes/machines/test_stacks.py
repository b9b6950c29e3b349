"""Recipes of stacks that predict the words of formal languages."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.datasets.formal_words import LANGUAGES
from keras_memory.recipes.machines.stack_counting import COUNTED
from keras_memory.recipes.machines.stack_family import MACHINES

pytestmark = pytest.mark.long

TINY = {
    "train_examples": 40,
    "epochs": 1,
    "steps_per_epoch": 2,
    "batch_size": 4,
    "max_n": 4,
    "steps": 20,
    "tested": (5, 110),
    "units": 6,
    "stacks": 3,
    "jit_compile": False,
}
NAMES = "stack_counting", "stack_memorization", "stack_addition"


def tiny(name, **fields):
    return recipes.get(name, **{**TINY, **fields})


class Oracle:
    """In the place of a model: the logits of a rule, from the one-hot symbols."""

    def __init__(self, rule):
        self.rule = rule

    def __call__(self, inputs, training=False):
        numbers = np.asarray(inputs).argmax(-1)
        return np.stack([self.rule(row) for row in numbers])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("machine", MACHINES)
def test_every_machine_takes_the_words(name, machine):
    recipe = tiny(name, machine=machine)
    examples = {k: v[:3] for k, v in recipe.examples("validation").items()}
    inputs, targets, counts = map(np.asarray, recipe.to_batch(examples))
    assert inputs.shape == (3, 20, len(recipe.alphabet)) and targets.shape == (3, 20)
    np.testing.assert_array_equal(inputs.argmax(-1)[:, 1:], targets[:, :-1])
    assert (counts == 1).all() == (name != "stack_addition")
    assert recipe.model()(inputs).shape == (3, 20, len(recipe.alphabet))


def test_metrics_have_these_names():
    for language in COUNTED:
        assert list(tiny("stack_counting", language=language).tests) == [
            f"accuracy_{language}",
            f"accuracy_{language}_n_110",
        ]
    assert list(tiny("stack_addition").tests) == ["accuracy", "accuracy_n_110"]
    assert list(recipes.get("stack_counting", language="an_bn").tests) == [
        "accuracy_an_bn",
        "accuracy_an_bn_n_1000",
    ]


def accuracy_of(recipe, wrong_at=()):
    """Of predictions that are right but for these `(example, step)`."""
    examples = recipe.words(recipe.metric)
    logits = np.eye(len(recipe.alphabet))[examples["symbols"][:, 1:]]
    for example, step in wrong_at:
        logits[example, step] = np.roll(logits[example, step], 1)
    return recipe.right(logits, examples)


def test_an_n_is_right_if_all_that_counts_of_all_its_words_is():
    recipe = tiny("stack_counting", language="an_bn")
    examples = recipe.words(recipe.metric)
    counts = examples["counts"][:, 1:]
    assert accuracy_of(recipe) == 1
    open_step, step = np.flatnonzero(counts[2] == 0)[0], np.flatnonzero(counts[2])[-1]
    assert accuracy_of(recipe, [(2, open_step)]) == 1
    assert accuracy_of(recipe, [(2, step)]) == 0.75  # n = 2, 3, 4, 5
    again = 2 + 4  # another word of the same n
    step_again = np.flatnonzero(counts[again])[0]
    assert accuracy_of(recipe, [(2, step), (again, step_again)]) == 0.75


def test_a_run_is_a_row_of_the_study(tmp_path):
    recipe = tiny("stack_counting", language="an_bn")
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert set(run.metrics) == set(recipe.tests)
    (row,) = recipe.study.rows([run])
    assert {"seed", "training entropy", "ms an update", *run.metrics} == set(row)
    assert row["training entropy"] == pytest.approx(run.history[0]["loss"], abs=1e-4)
    assert "of 1 seeds" in recipe.study.text([row])
    assert set(recipe.figures(run.model)) == {"stack_tape"}


def test_a_candidate_is_of_the_recipe_s_own_language():
    assert recipes.get("stack_counting").study.is_candidate
    assert not recipes.get("stack_counting", language="an_bn").study.is_candidate
    assert not recipes.get("stack_counting", machine="list").study.is_candidate


@pytest.mark.parametrize("name", NAMES)
def test_a_model_answers_what_is_typed(name):
    recipe = tiny(name)
    answer = recipe.answer(recipe.model(), **recipe.questions)
    assert set(answer) == {"predicted", "length"}
    assert not set(answer["predicted"]) - set(recipe.alphabet)


@pytest.mark.parametrize(
    ("name", "word", "whole"),
    [
        ("stack_counting", "aab", "aabccc"),
        ("stack_memorization", "122=", "122=221"),
        ("stack_addition", "101+1=", "101+1=011."),
    ],
)
def test_an_answer_ends_with_the_word(name, word, whole):
    """Of a model that knows the word, and what follows it."""
    recipe = tiny(name)
    after = LANGUAGES[recipe.language].symbols[0] * 9

    def rule(row):
        numbers = [recipe.alphabet.index(symbol) for symbol in whole + after]
        return np.eye(len(recipe.alphabet))[numbers[1 : len(row) + 1]]

    answer = recipe.answer(Oracle(rule), word)
    assert answer == {"predicted": whole[len(word) :], "length": len(whole)}


@pytest.mark.parametrize("word", ["", "xyz", "aab2"])
def test_what_is_typed_wrong_is_refused(word):
    recipe = tiny("stack_counting")
    with pytest.raises(ValueError, match="symbols out of 'abc'") as refused:
        recipe.answer(None, word)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("stack_counting", {"language": "an_cn"}, "language: Input should be 'an_bn'"),
        ("stack_addition", {"language": "an_bn"}, "language: Input should be 'addition'"),
        ("stack_counting", {"max_n": 1}, "greater than or equal to 2"),
        ("stack_counting", {"tested": (1,)}, "Expected tested from 2"),
        ("stack_counting", {"machine": "queue"}, "machine: Input should be 'stack'"),
        ("stack_counting", {"stacks": 0}, "greater than 0"),
        ("stack_counting", {"action_noise": -1}, "greater than or equal to 0"),
    ],
)
def test_bad_fields_are_refused_in_one_line(name, fields, message):
    with pytest.raises(ValueError, match=message) as refused:
        tiny(name, **fields)
    assert "\n" not in str(refused.value)
