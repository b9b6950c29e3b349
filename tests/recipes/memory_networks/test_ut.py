"""Recipes of universal transformers."""

import pytest

from keras_memory import recipes

pytestmark = pytest.mark.long

SMALL = {
    "task": 1,
    "max_sentences": 6,
    "train_examples": 600,
    "dim": 16,
    "num_heads": 2,
    "hidden_dim": 16,
    "max_steps": 2,
    "dropout": 0.0,
    "epochs": 8,
    "decay_epochs": 3,
    "steps_per_epoch": 60,
    "learning_rate": 5e-3,
}


@pytest.fixture(scope="module")
def small():
    return recipes.get("ut_babi_world", **SMALL)


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    return small.fit(tmp_path_factory.mktemp("runs") / "small", verbose=0)


def test_it_learns_where_people_are(run):
    """Of six places: chance is 83 % wrong."""
    assert run.metrics["error_percent_task_01"] < 40
    assert run.metrics["failed_tasks"] == (run.metrics["error_percent_mean"] > 5)


def test_an_answer_with_what_the_question_read(run, small):
    answer = small.answer(
        run.model, "Mary went to the kitchen. John moved to the garden.", "Where is Mary?"
    )
    steps = [name for name in answer if name.startswith("step_")]
    assert list(answer) == ["answer", "probability", *steps] and 1 <= len(steps) <= 2
    assert answer["answer"] == "kitchen"


def test_a_story_is_plotted(run):
    figures = {path.name for path in (run.folder / "figures").glob("*.png")}
    assert figures == {"story_of_task_01.png", "learning_curve.png"}


def test_the_papers_figures_and_the_studies():
    recipe = recipes.get("ut_babi")
    assert recipe.published == {
        "error_percent_mean": (7.78, "Dehghani et al. 2018, table 1"),
        "failed_tasks": (5, "Dehghani et al. 2018, table 1"),
    }
    assert recipe.targets == {"error_percent_mean": ("≤", 7.8)}
    assert recipe.steps_per_epoch == 562
    names = {
        "ut_babi_1k_joint": {},
        "ut_babi_1k_exchanged": {"exchanges": 2},
        "ut_babi_10k_single": {"size": "10k", "task": 3},
    }
    for name, fields in names.items():
        assert recipes.get("ut_babi", **fields).study.preset == name
    assert not recipes.get("ut_babi", task=3).targets


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"decay_epochs": 61}, "decay_epochs up to epochs=60"),
        ({"dim": 50}, "num_heads that divides dim=50. Received: 4"),
    ],
)
def test_wrong_fields_are_refused(fields, message):
    with pytest.raises(ValueError, match=f"Expected {message}"):
        recipes.get("ut_babi_world", **fields)
