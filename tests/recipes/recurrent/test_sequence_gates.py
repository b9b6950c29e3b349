"""Numbers that are added up, passed over and forgotten."""

import numpy as np
import pytest

from keras_memory import recipes

SMALL = {"epochs": 3, "steps_per_epoch": 100, "train_examples": 2_000, "units": 8}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gates") / "run"
    return recipes.get("sequence_gates", **SMALL).fit(folder, verbose=0)


def test_what_is_not_read_has_the_target_zero():
    recipe = recipes.get("sequence_gates", **SMALL)
    examples = recipe.examples("test")
    inputs, targets = (np.asarray(part) for part in recipe.to_batch(examples))
    assert inputs.shape == (1_000, 20, 3)
    np.testing.assert_array_equal(targets[examples["reads"] == 0], 0)
    read = examples["reads"] == 1
    np.testing.assert_array_equal(targets[read][:, 0], examples["memory"][read])


def test_it_learns(run):
    assert run.metrics["mean_squared_error"] < 0.1 < run.history[0]["loss"]
    assert {path.stem for path in (run.folder / "figures").glob("*.png")} == {
        "gates",
        "gradients",
        "learning_curve",
    }


def test_an_answer_for_each_step_that_reads(run):
    answer = run.recipe.answer(run.model, "+0.5 ? 0.9 +0.2 ? reset")
    assert len(answer["memory"].split(", ")) == 2
    assert run.recipe.answer(run.model, "+0.5")["memory"] == "not read"


@pytest.mark.parametrize("steps", ["", "add", "+1.5", "-0.1", "nan"])
def test_bad_steps(run, steps):
    with pytest.raises(ValueError, match="Expected"):
        run.recipe.answer(run.model, steps)


def test_elman_has_no_gates(tmp_path):
    recipe = recipes.get("sequence_gates", cell="elman", **SMALL)
    assert list(recipe.figures(recipe.seeded_model())) == ["gradients"]
    assert recipe.study.preset == "sequence_gates_elman"
