"""Handwriting: a window that learns, from words and points alone, where the letters are."""

import re

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.recurrent import handwriting_window, handwriting_window_study
from keras_memory.recipes.recurrent.handwriting_window import svg_path
from keras_memory.recipes.recurrent.handwriting_window_study import metrics_of

pytestmark = pytest.mark.long

SMALL = {
    "epochs": 2,
    "steps_per_epoch": 30,
    "batch_size": 16,
    "train_examples": 200,
    "units": 24,
    "depth": 1,
    "num_windows": 1,
    "components": 4,
    "learning_rate": 1e-2,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handwriting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFDS_DATA_DIR", str(folder / "data"))
        with patch.context() as one_width:  # for which XLA compiles once
            one_width.setattr(handwriting_window, "LENGTHS", ())
            run = recipes.get("handwriting_window", **SMALL).fit(folder / "run", verbose=0)
        yield run


def test_it_learns(run):
    assert run.metrics["nats_per_point"] < 2.6  # 3.6 without training
    assert 0 < run.metrics["alignment_accuracy"] <= 100
    assert {path.stem for path in (run.folder / "figures").glob("*.png")} == {
        "learning_curve",
        "samples",
        "window",
    }


def test_batches_are_cut_and_shifted(run):
    examples = {name: array[:8] for name, array in run.recipe.examples("test").items()}
    inputs, targets, weights = run.recipe.to_batch(examples)
    points, targets, weights = (np.asarray(a) for a in (inputs["points"], targets, weights))
    np.testing.assert_array_equal(weights.sum(axis=1), examples["length"])
    np.testing.assert_array_equal(points[:, 1:], targets[:, :-1])
    assert not points[:, 0].any()
    assert not targets[weights == 0].any()
    # The numbers of the text: all letters, and its end.
    ends = examples["letters"].max(axis=1)
    np.testing.assert_array_equal((examples["text"] > 0).sum(axis=1), ends + 1)


def test_metrics():
    nats = np.array([[1.0, 3.0, 5.0, 99.0]])
    examples = {"letters": np.array([[0, 0, 1, 7]]), "length": np.array([3])}
    found = metrics_of(nats, np.array([[0, 1, 5, 5]]), examples)
    assert found == {"nats_per_point": 3.0, "alignment_accuracy": 50.0}
    assert metrics_of(nats, None, examples) == {"nats_per_point": 3.0}


def test_an_answer(run):
    answer = run.recipe.answer(run.model, "cat!")
    assert answer["unknown"] == "!"
    assert set(answer["window"]) <= set("cat!")
    assert re.fullmatch(r"(M -?[\d.]+ -?[\d.]+ ?(L -?[\d.]+ -?[\d.]+ ?)*)*", answer["path"])


def test_a_path_lifts_the_pen():
    points = np.array([[1, 2, 0], [1, 0, 1], [0, -1, 0]], "float32")
    assert svg_path(points) == "M 1.0 -2.0 L 2.0 -2.0 M 2.0 -1.0"
    assert svg_path(points[:0]) == ""


def test_beyond_the_test(run, monkeypatch):
    monkeypatch.setattr(handwriting_window_study, "WORDS", 3)
    recipe = run.recipe.replace(jit_compile=False)
    rows = recipe.study.beyond(recipe.seeded_model())
    assert [row["condition"] for row in rows][:2] == ["as in the test", "one or two letters"]
    assert all({"nats_per_point", "alignment_accuracy"} <= set(row) for row in rows)


def test_without_a_window(run):
    blind = run.recipe.replace(window=False)
    model = blind.seeded_model()
    assert set(blind.evaluate(model, "validation")) == {"nats_per_point"}
    assert blind.figures(model) == {}
    assert not blind.study.is_candidate
