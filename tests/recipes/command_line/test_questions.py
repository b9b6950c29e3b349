"""Questions: named by the help, and checked before a model is loaded."""

import inspect
import re
import shutil

import pytest

from keras_memory.recipes import registry
from keras_memory.recipes.command_line.questions import Unloaded
from keras_memory.zoo.saving.presets import Preset


@pytest.mark.parametrize("name", registry.names())
def test_the_registry_names_what_a_recipe_answers(name):
    recipe = registry.recipe_class(name)
    _, _, *parameters = inspect.signature(recipe.answer).parameters.values()
    named = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    assert named == list(registry.QUESTIONS.get(name, {})) == list(recipe.questions)


@pytest.mark.parametrize("words", [["--help", "MODEL"], ["MODEL", "--help"]])
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("ntm_copy", "keras-memory predict ntm_copy --bits 10110010,00001111"),
        ("memn2n_babi", "keras-memory predict memn2n_babi --story"),
        ("memn2n_babi_1k_joint", "keras-memory predict memn2n_babi_1k_joint --story"),
        ("sab_copy", "sab_copy takes no questions"),
        ("nothing", "sab_char_text8"),
    ],
)
def test_the_help_names_the_questions_of_a_model(run, words, model, expected):
    completed = run("predict", *[model if word == "MODEL" else word for word in words])
    assert completed.exit_code == 0
    assert "Usage" in completed.output
    assert expected in completed.output


def test_the_help_names_all_questions(run):
    text = run("predict", "--help").output
    for name, questions in registry.QUESTIONS.items():
        assert name in text
        for question in questions:
            assert f"--{question}" in text


@pytest.mark.parametrize(
    ("preset", "words", "message"),
    [
        ("ntm_copy", ["--bit", "10110010"], "Expected --bits.*did you mean '--bits'"),
        ("ntm_copy", ["--bits"], "Expected --bits"),
        ("ntm_copy", ["--bits", "101"], "Expected vectors of 8 bits"),
        ("seq2seq_attention", ["--date", "ü"], "Expected a date"),
        ("pointer_tsp", ["--points", "0.1,0.1 x"], "Expected points"),
        ("memn2n_babi_1k_joint", ["--storey", "a", "--question", "b"], "'--story'"),
        ("sab_copy", ["--text", "a"], "takes none"),
    ],
)
def test_a_mistake_is_reported_before_the_model_is_loaded(
    mistake, tmp_path, preset, words, message
):
    """Of this preset there are no weights to load."""
    folder = tmp_path / "preset"
    shutil.copytree(Preset.get(preset).folder, folder, ignore=shutil.ignore_patterns("*.h5"))
    assert re.search(message, mistake("predict", folder, *words))


def test_a_model_is_loaded_once_and_late():
    loads = []

    class Model:
        text = "of it"

        def __call__(self, inputs):
            return inputs + 1

    model = Unloaded(lambda: loads.append(1) or Model())
    assert not loads
    assert (model(1), model.text, loads) == (2, "of it", [1])
