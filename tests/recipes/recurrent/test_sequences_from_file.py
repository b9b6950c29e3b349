"""Sequences of one's own: classes or numbers; raw features in, raw numbers out."""

import logging
import re

import numpy as np
import pytest

from keras_memory import recipes

pytestmark = pytest.mark.long

SMALL = {
    "epochs": 3,
    "steps_per_epoch": 40,
    "learning_rate": 2e-2,
    "units": 8,
    "k_top": 2,
    "k_att": 2,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def beats(tmp_path_factory):
    """Is the first of 8 to 12 large numbers above their mean? Names of classes."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("own") / "beats.csv"
    with path.open("w") as file:
        for _ in range(400):
            steps = 1e4 + 100 * random.normal(size=random.integers(8, 13))
            label = "high" if steps[0] > 1e4 else "low"
            file.write(",".join([label, *(f"{step:.3f}" for step in steps)]) + "\n")
    return path


@pytest.fixture(scope="module")
def run(beats, tmp_path_factory):
    recipe = recipes.get("sequences_from_file", path=beats, **SMALL)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "beats", verbose=0)


def test_it_learns_classes_and_names_them(run):
    assert run.metrics["accuracy"] > 0.85
    away = run.recipe.replace(path="gone.csv")  # what answers is the model
    for first, label in ((10200, "high"), (9800, "low")):
        answer = away.answer(run.model, f"{first} " + "10000 " * 9)
        assert answer["label"] == label
        assert 0.5 <= answer["probability"] <= 1
    assert run.recipe.answer(run.model, "10200")["label"] in ("high", "low")
    assert len(run.recipe.figures(run.model)) == 1
    with pytest.raises(ValueError, match="Expected steps of 1 numbers, .*'1,2 3,4'"):
        run.recipe.answer(run.model, "1,2 3,4")
    with pytest.raises(ValueError, match="Expected steps of 1 numbers, .* Received: 'x'"):
        run.recipe.answer(run.model, "x")
    with pytest.raises(ValueError, match="Expected steps, as .* Received: none"):
        run.recipe.answer(run.model, "")
    listed = run.recipe.answer(run.model, "[10200, 9800]")
    assert listed == run.recipe.answer(run.model, "10200 9800")


def test_by_shell_and_served_raw_features(run, by_shell):
    vectors = np.full((2, 10, 1), 1e4)
    vectors[:, 0, 0] = 10200, 9800
    question = ["--sequence", "10200 " + "10000 " * 9]
    answered, served = by_shell(
        run, question, "classify", vectors=vectors.tolist(), length=[10, 10]
    )
    assert answered["label"] == "high"
    assert served["label"] == ["high", "low"]


def test_it_learns_numbers(tmp_path):
    """The sum of the second feature where the first one is 1, in thousands."""
    random = np.random.default_rng(0)
    x = random.random((400, 6, 2))
    x[..., 0] = x[..., 0] > 0.5
    y = 1000 * (x[..., 0] * x[..., 1]).sum(axis=1) + 5e4
    np.savez(tmp_path / "sums.npz", x=x, y=y)
    recipe = recipes.get("sequences_from_file", path=tmp_path / "sums.npz", **SMALL)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert run.metrics["r_squared"] > 0.8
    assert run.metrics["mean_squared_error"] < 0.2 * np.var(y) * 1.5
    number = recipe.answer(run.model, "1,0.5 1,0.5 0,0.9 0,0.9 1,1 0,0")["number"]
    assert number == pytest.approx(52_000, abs=600)


def test_the_task_is_that_of_the_targets(tmp_path):
    def task_of(targets, **fields):
        path = tmp_path / "a.csv"
        path.write_text("".join(f"{target},1,2\n" for target in targets * 30))
        recipe = recipes.get("sequences_from_file", path=path, **fields)
        return recipe.task_of_targets, recipe.labels

    assert task_of(["10", "2.0"]) == ("classification", ["2", "10"])
    assert task_of(["b", "a", "7"]) == ("classification", ["7", "a", "b"])
    assert task_of(["1", "2.5"]) == ("regression", None)
    assert task_of(["1", "2"], task="regression") == ("regression", None)
    assert task_of(["1", "2.5"], task="classification")[1] == ["1", "2.5"]
    with pytest.raises(ValueError, match="Expected numbers for targets .*Received: 'b'"):
        path = tmp_path / "b.csv"
        path.write_text("b,1,2\n" * 30)
        recipes.get("sequences_from_file", path=path, task="regression").prepare()


def test_a_class_that_training_lacks_is_wrong(run, beats, tmp_path):
    (tmp_path / "test.csv").write_text("high,10200,10000\nnone,10200,10000\n")
    recipe = recipes.get(
        "sequences_from_file", path=beats, test_path=tmp_path / "test.csv", k_att=2
    )
    assert recipe.evaluate(run.model)["accuracy"] <= 0.5
    assert len(recipe.examples("test")["target"]) == 1


def test_what_was_found_is_reported(beats, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("sequences_from_file", path=beats).prepare()
    (line,) = caplog.messages
    assert "up to 12 steps of 1 features; targets are 2 classes: 'high', 'low'; the" in line
    assert re.search(r"; the first: [-\d.]+ .* → '(high|low)'$", line)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of sequences"),
        ({"path": "nothing.npz"}, "nothing.npz, no such file"),
        ({"path": "nothing.doc"}, "ends with .csv"),
        ({"task": "ranking"}, "task"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("sequences_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("target", ["1", "1.5"])
def test_targets_that_are_all_the_same(target, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text(f"{target},1,2\n" * 30)
    with pytest.raises(ValueError, match="one.csv: Expected targets that differ. Received: "):
        recipes.get("sequences_from_file", path=path).prepare()


def test_files_of_other_features(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((30, 4, 2)), y=np.arange(30) % 2)
    np.savez(tmp_path / "b.npz", x=np.zeros((30, 4, 3)), y=np.arange(30) % 2)
    recipe = recipes.get(
        "sequences_from_file", path=tmp_path / "a.npz", test_path=tmp_path / "b.npz"
    )
    with pytest.raises(ValueError, match=r"as many features in all .* Received: \[2, 3\]"):
        recipe.prepare()
