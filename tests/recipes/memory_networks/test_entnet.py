"""Recipes of entity networks: the simulated world, and bAbI's own where the files are."""

from pathlib import Path

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.memory_networks.babi_papers import column_of
from keras_memory.recipes.memory_networks.stop_when_right import StopWhenRight

pytestmark = pytest.mark.long

PREPARED = Path(__file__).parents[4] / "shared" / "data"
SMALL = {
    "task": 1,
    "max_sentences": 6,
    "train_examples": 600,
    "dim": 20,
    "slots": 5,
    "epochs": 8,
    "steps_per_epoch": 60,
    "halving_epochs": 4,
}


@pytest.fixture(scope="module")
def small():
    return recipes.get("entnet_babi_world", **SMALL)


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    return small.fit(tmp_path_factory.mktemp("runs") / "small", verbose=0)


def test_it_learns_where_people_are(run):
    """Of six places: chance is 83 % wrong."""
    assert run.metrics["error_percent_task_01"] < 40
    assert run.metrics["failed_tasks"] == (run.metrics["error_percent_mean"] > 5)


def test_the_learning_rate_is_halved(run):
    rates = [row.get("learning_rate") for row in run.history]
    if None not in rates:
        np.testing.assert_allclose(rates, [0.01 * 0.5 ** (i // 4) for i in range(len(rates))])


def test_an_answer_with_the_slot_that_was_read(run, small):
    answer = small.answer(
        run.model, "Mary went to the kitchen. John moved to the garden.", "Where is Mary?"
    )
    assert list(answer) == ["answer", "probability", "slot", "written_to_it"]
    assert answer["answer"] == "kitchen"
    with pytest.raises(ValueError, match="words that the model knows.*Received: '42'"):
        small.answer(run.model, "Mary went to the kitchen.", "42")


def test_a_story_is_plotted(run):
    figures = {path.name for path in (run.folder / "figures").glob("*.png")}
    assert figures == {"story_of_task_01.png", "learning_curve.png"}


def test_batches_are_of_stories_of_similar_lengths(small):
    recipe = small.replace(max_sentences=12)
    lengths = [inputs["story"].shape[1] for inputs, _ in recipe.dataset("train")]
    assert set(lengths) == {5, 10, 12} and lengths != sorted(lengths)
    assert lengths.count(5) > len(lengths) / 6


@pytest.mark.parametrize("right", [[1, 1, 1], [1, 1, 0.9], [1, 1], [0.9, 1, 1, 1]])
def test_training_ends_when_all_is_right(right):
    stop = StopWhenRight([{"val_accuracy": accuracy} for accuracy in right], 3)
    model = recipes.get("entnet_babi_world", **SMALL)
    stop.set_model(type("Model", (), {"stop_training": False})())
    stop.on_epoch_end(len(right))
    assert model.right_epochs == 4
    assert stop.model.stop_training == (right[-3:] == [1, 1, 1])


def test_the_papers_figures():
    """As their READMEs and tables print the means."""
    for network, size, mean, failed in (
        ("Entity network", "10k", 0.5, 0),
        ("DMN, with supports", "1k", 6.4, 2),
        ("DMN+", "10k", 2.8, 1),
    ):
        errors = column_of(network, size, "single").errors
        assert len(errors) == 20
        assert np.mean(errors) == pytest.approx(mean, abs=0.06)
        assert sum(error > 5 for error in errors) == failed
    recipe = recipes.get("entnet_babi", size="10k", task=3)
    assert recipe.published["error_percent_task_03"] == (
        4.1,
        "Henaff et al. 2016",
    )
    assert recipe.targets == {"error_percent_mean": ("≤", 1.0)}
    assert not recipes.get("entnet_babi", task=3).published
    assert recipe.steps_per_epoch == 281 and recipe.batch_size == 32
    assert recipe.study.preset == "entnet_babi_10k"


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs the bAbI tasks in {PREPARED}")
def test_gates_have_the_supporting_facts(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(PREPARED))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    recipe = recipes.get("dmn_babi", task=1, steps_per_epoch=10, epochs=1, decay_epochs=0)
    texts, examples = recipe.texts("test"), recipe.examples("test")
    for row in range(50):
        first, *others = examples["supports"][row]
        assert others == [0, 0]  # nothing more
        sentence = texts["story"][row].split(b"\n")[first - 1]
        assert texts["answer"][row] in sentence
    inputs, targets = next(iter(recipe.dataset("train")))
    assert set(targets) == {"answer", "supports"}
    cut = recipe.replace(last_sentences=2)
    numbers = cut.examples("test")["supports"][:, 0]
    assert numbers.max() == 2 and numbers.min() == 0
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert 0 <= run.metrics["error_percent_task_01"] <= 100
    answer = recipe.answer(run.model, "Mary went to the garden.", "Where is Mary?")
    assert list(answer) == ["answer", "probability", "episode_1", "episode_2", "episode_3"]


def test_supports_are_of_one_network_and_of_stories_as_they_are():
    recipe = recipes.get("dmn_babi", task=1)
    assert recipe.supports and recipe.published["error_percent_task_01"][0] == 0
    assert not recipes.get("dmn_babi", variant="dmn_plus").supports
    for fields, message in (
        ({"variant": "dmn_plus", "supports": True}, "variant=dmn with supports"),
        ({"decay_epochs": 61}, "decay_epochs up to epochs=60"),
    ):
        with pytest.raises(ValueError, match=f"Expected {message}"):
            recipes.get("dmn_babi", **fields)
