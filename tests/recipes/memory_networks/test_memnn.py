"""Recipes of memory networks with supervised support: in a simulated world."""

from pathlib import Path

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.memory_networks.babi_others import with_others
from keras_memory.recipes.memory_networks.babi_papers import COLUMNS
from keras_memory.recipes.memory_networks.memnn_family import FACTS

PREPARED = Path(__file__).parents[4] / "shared" / "data"
SMALL = {
    "task": 1,
    "max_sentences": 6,
    "train_examples": 400,
    "dim": 16,
    "ngrams": 1,
    "epochs": 6,
    "steps_per_epoch": 60,
    "learning_rate": 0.01,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def small():
    return recipes.get("memnn_babi_world", **SMALL)


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    return small.fit(tmp_path_factory.mktemp("runs") / "small", verbose=0)


def test_it_learns_where_people_are(run, small):
    """Of six places: chance is 83 % wrong. Facts are chosen by the network itself."""
    assert run.metrics["error_percent_task_01"] < 10
    answer = small.answer(
        run.model,
        "Mary went to the kitchen. John went to the garden.",
        "Where is Mary?",
    )
    assert list(answer) == ["answer", "probability", "fact_1"]
    assert answer["answer"] == "kitchen"
    assert answer["fact_1"].startswith("Mary went to the kitchen.")
    figures = {path.name for path in (run.folder / "figures").glob("*.png")}
    assert figures == {"story_of_task_01.png", "learning_curve.png"}


@pytest.fixture(scope="module")
def two(small):
    """Questions whose answers take two facts."""
    return small.replace(task=2)


def test_the_settings_are_those_of_the_network():
    """Not of a base that has the stories alone."""
    for name in ("memnn_babi", "memnn_babi_world", "memn2n_babi", "memn2n_babi_world"):
        assert recipes.get(name).batch_size == 32


def test_facts_are_numbered_among_the_sentences_that_are_read(two):
    """What is further back than the memory is left out."""
    whole = two.examples("test")
    cut = two.replace(memory_size=4)
    assert cut.examples("train")["story"].shape[1] == 4
    stories = two.texts("test")["story"]
    for story, facts, fewer in zip(
        stories, whole["facts"], cut.examples("test")["facts"], strict=True
    ):
        left_out = max(0, 1 + story.count(b"\n") - 4)
        expected = [fact - left_out for fact in facts if fact > left_out]
        assert [fact for fact in fewer if fact] == expected
        assert not fewer[len(expected) :].any()


def test_facts_stay_those_of_the_story_among_facts_about_others(two):
    texts = two.texts("test")
    changed = with_others(texts, 0, 5, is_varied=True)

    def sentences(texts):
        return [
            [story.split(b"\n")[fact - 1] for fact in facts if fact]
            for story, facts in zip(texts["story"], texts[FACTS], strict=True)
        ]

    assert sentences(changed) == sentences(texts)
    assert (changed[FACTS] != texts[FACTS]).any()
    assert (texts[FACTS] == two.texts("test")[FACTS]).all()


def test_what_papers_report():
    """Their own means, and how many tasks they pass."""
    for column in COLUMNS:
        assert len(column.errors) in (0, 20)
        assert column.errors or column.mean is not None
    by_name = {(c.model, c.size, c.networks): c.errors for c in COLUMNS}
    for name, mean, failed in (
        (("MemNN, with supports", "1k", "single"), 6.65, 4),
        (("DMN, with supports", "1k", "single"), 6.4, 2),
        (("DMN+", "10k", "single"), 2.8, 1),
        (("Entity network", "10k", "single"), 0.5, 0),
        (("Entity network", "10k", "joint"), 9.7, 5),
        (("DNC, mean of 20", "10k", "joint"), 16.7, None),
    ):
        assert np.mean(by_name[name]) == pytest.approx(mean, abs=0.06)
        if failed is not None:
            assert sum(error > 5 for error in by_name[name]) == failed


def test_the_paper_beside_ours():
    recipe = recipes.get("memnn_babi", task=17)
    assert recipe.published["error_percent_task_17"][0] == 35
    joint = recipes.get("memnn_babi")
    assert joint.published["error_percent_mean"][0] == pytest.approx(8.45)
    assert joint.targets == {"error_percent_mean": ("≤", 7.0)}
    assert joint.study.preset == "memnn_babi_1k"
    assert not recipes.get("memnn_babi", size="10k").published


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs the bAbI tasks in {PREPARED}")
def test_copies_have_their_facts(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(PREPARED))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    recipe = recipes.get("memnn_babi", task=2, exchanges=1, others=3, across_tasks=True)
    texts = recipe.texts("train")
    assert len(texts[FACTS]) == 1800
    for story, question, facts in zip(
        *(texts[name][900:920] for name in ("story", "question", FACTS)), strict=True
    ):
        thing = question.split()[-1].rstrip(b"?")
        chosen = [story.split(b"\n")[fact - 1].lower() for fact in facts if fact]
        assert len(chosen) == 2
        assert any(thing in sentence for sentence in chosen)
