"""Recipes of key-value memory networks: the simulated world, and bAbI's own figures."""

import numpy as np
import pytest

from keras_memory import recipes

SMALL = {
    "task": 1,
    "max_sentences": 6,
    "train_examples": 600,
    "dim": 20,
    "hops": 1,
    "epochs": 8,
    "decay_epochs": 4,
    "steps_per_epoch": 60,
    "learning_rate": 0.01,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def small():
    return recipes.get("kvmemnn_babi_world", **SMALL)


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    return small.fit(tmp_path_factory.mktemp("runs") / "small", verbose=0)


def test_it_learns_where_people_are(run, small):
    """Of six places: chance is 83 % wrong."""
    assert run.metrics["error_percent_task_01"] < 10
    story, question = "Mary went to the kitchen. John moved to the garden.", "Where is Mary?"
    answer = small.answer(run.model, story, question)
    assert list(answer) == ["answer", "probability", "hop_1"]
    assert answer["answer"] == "kitchen"
    assert answer["hop_1"].startswith("Mary went to the kitchen.")
    assert small.answer(run.model, "", question)["hop_1"] == "nothing (1.00)"
    figures = {path.name for path in (run.folder / "figures").glob("*.png")}
    assert figures == {"story_of_task_01.png", "learning_curve.png"}


def test_windows_answer_by_the_word_in_their_centre(small, tmp_path):
    recipe = small.replace(keys="window")
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert run.metrics["error_percent_task_01"] < 30
    story = "Mary went to the kitchen. John moved to the garden."
    read = recipe.answer(run.model, story, "Where is John?")["hop_1"]
    assert read.startswith("garden: John moved to the garden.")


def test_the_figures_of_a_replication():
    recipe = recipes.get("kvmemnn_babi", size="10k")
    assert recipe.published["error_percent_mean"][0] == pytest.approx(12.55)
    assert recipe.published["failed_tasks"] == (8, "Zhao 2016, bag of words")
    assert recipe.targets == {"error_percent_mean": ("≤", 12.6)}
    assert recipe.study.preset == "kvmemnn_babi_10k_joint"
    assert recipe.steps_per_epoch == 5625
    joint = recipes.get("kvmemnn_babi")
    assert joint.published["error_percent_mean"] == (20.5, "Zhao 2016, bag of words")
    assert not recipes.get("kvmemnn_babi", task=1).published
    assert not recipes.get("kvmemnn_babi", task=1).targets


def test_a_model_has_the_fields_of_its_recipe(small):
    recipe = small.replace(keys="window", width=5, memory_size=7)
    model = recipe.model()
    arguments = model.arguments
    assert (arguments["keys"], arguments["width"], arguments["max_ages"]) == ("window", 5, 7)
    assert recipe.examples("train")["story"].shape[1] <= 7
    rates = [
        callback.schedule(epoch, 0) for callback in recipe.callbacks([]) for epoch in (0, 7)
    ]
    np.testing.assert_allclose(rates, [0.01, 0.01 / 5])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"width": 4}, "an odd number for width. Received: 4"),
        ({"decay_epochs": 61}, "decay_epochs up to epochs=60. Received: 61"),
    ],
)
def test_wrong_fields_are_refused(fields, message):
    with pytest.raises(ValueError, match=f"Expected {message}"):
        recipes.get("kvmemnn_babi_world", **fields)
