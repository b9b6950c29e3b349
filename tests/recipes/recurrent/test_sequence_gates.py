"""Numbers that are added up, passed over and forgotten."""

import keras
import numpy as np
import pytest

from keras_memory import recipes, zoo

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


def norms_by_distance(network, inputs):
    return network.gradient_norms(inputs).mean(axis=0)[::-1]


def test_gradients_of_fresh_networks_are_as_the_page_says():
    """Elman's fall by each step; with open forget gates, an LSTM's do not."""
    keras.utils.set_random_seed(0)
    inputs = np.random.default_rng(0).normal(size=(64, 60, 3))
    elman = norms_by_distance(zoo.RecurrentNetwork(3, 1, "elman", units=32), inputs)
    assert elman[50] < 1e-4 * elman[0]
    network = zoo.RecurrentNetwork(3, 1, "lstm", units=32)
    kernel, recurrent_kernel, bias = network.cell.get_weights()
    bias[32:64] = 4
    network.cell.set_weights([kernel, recurrent_kernel, bias])
    lstm = norms_by_distance(network, inputs)
    assert lstm[59] > lstm[10]


@pytest.mark.parametrize("name", ["sequence_gates", "sequence_gates_elman"])
def test_gradients_of_both_presets_pass_forty_steps(name):
    random = np.random.default_rng(0)
    writes = random.random((64, 40)) < 1 / 8
    reads = np.arange(40) == 39
    inputs = np.stack([random.random((64, 40)), writes, reads + 0 * writes], axis=-1)
    norms = norms_by_distance(zoo.from_preset(name), inputs)
    assert norms[39] > 0.2 * norms[1]
