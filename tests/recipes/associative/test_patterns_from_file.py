"""Patterns of one's own in a memory, recalled by their first half."""

import functools
import json
import logging
import re

import numpy as np
import pytest
from PIL import Image

from keras_memory import recipes
from keras_memory.recipes.command_line.question_files import answer_file


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Fifty images of blobs."""
    folder = tmp_path_factory.mktemp("blobs")
    coarse = np.random.default_rng(0).integers(0, 256, (50, 4, 4)).astype("uint8")
    for number, image in enumerate(coarse):
        Image.fromarray(image).resize((40, 40)).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture(scope="module")
def run(images, tmp_path_factory):
    recipe = recipes.get("patterns_from_file", path=images, side=16)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "blobs", verbose=0)


def test_halves_of_images_recall_the_whole(run, images):
    recipe, model = run.recipe, run.model
    assert run.metrics["recalled_percent"] == 100
    assert run.metrics["updates_mean"] <= 3
    assert set(recipe.figures(model)) == {"recall_strip", "energy"}
    away = recipe.replace(path="gone")  # what answers is the model
    answer = away.answer(model, str(images / "17.png"))
    assert answer["pattern"] == 18
    assert answer["mean_difference_from_cue"] < 1e-3


def test_many_images_are_cues(run, images, tmp_path):
    cues = [{"cue": str(images / f"{number:02}.png")} for number in (3, 40)]
    path, out = tmp_path / "cues.jsonl", tmp_path / "out.jsonl"
    path.write_text("\n".join(map(json.dumps, cues)))
    answers = functools.partial(run.recipe.answers, run.model)
    answer_file(path, out, run.recipe.questions, answers)
    found = out.read_text().splitlines()
    assert [json.loads(line)["pattern"] for line in found] == [4, 41]


def test_by_shell_and_served(run, images, by_shell):
    found = run.recipe.to_batch(run.recipe.examples("test"))
    cues, patterns = (np.asarray(array)[:2] for array in found)
    answered, served = by_shell(
        run,
        ["--cue", str(images / "17.png")],
        "partly_known",
        cues=cues.tolist(),
        known=[[True] * 128 + [False] * 128] * 2,
    )
    assert answered["pattern"] == 18
    np.testing.assert_allclose(served["attractors"], patterns, atol=1e-3)


@pytest.mark.parametrize("scale", [1e-3, 1, 1e4])
def test_rows_of_numbers_of_any_scale(scale, tmp_path):
    rows = scale * (7 + np.random.default_rng(0).normal(size=(30, 9)))
    np.savetxt(tmp_path / "rows.csv", rows, delimiter=",", fmt="%.9g")
    recipe = recipes.get("patterns_from_file", path=tmp_path / "rows.csv", hidden=0.4)
    model = recipe.model()
    model.fit(recipe.dataset("train"), verbose=0)
    assert recipe.evaluate(model)["recalled_percent"] == 100
    cues, patterns = recipe.to_batch(recipe.examples("test"))
    np.testing.assert_array_equal(cues[:, :5], patterns[:, :5])
    assert not np.any(cues[:, 5:])
    for width in (5, 9):
        cue = ",".join(map(str, rows[3][:width]))
        assert recipe.answer(model, cue)["pattern"] == 4
        assert recipe.answer(model, f"[{cue}]")["pattern"] == 4
    with pytest.raises(ValueError, match="Expected a cue of 9 numbers, .* Received: 6"):
        recipe.answer(model, "1,2,3,4,5,6")
    with pytest.raises(ValueError, match="cue: Expected numbers. Received: 'x'"):
        recipe.answer(model, "x")


@pytest.mark.parametrize(("hidden", "known"), [(0.01, 2), (0.4, 2), (0.6, 1), (0.99, 1)])
def test_something_of_a_cue_is_known_and_something_hidden(hidden, known, tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6.0).reshape(2, 3))
    recipe = recipes.get("patterns_from_file", path=tmp_path / "a.npy", hidden=hidden)
    assert recipe.known(None)["known"].sum() == known


def test_what_was_found_is_reported(images, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("patterns_from_file", path=images, side=8).prepare()
    (line,) = caplog.messages
    assert "patterns: 50 of 8 × 8 numbers, from" in line
    assert re.search(r"; 32 of a cue's 64 are known; the first: 0\.[\d.,]+…$", line)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of patterns"),
        ({"path": "nothing.npy"}, "nothing.npy, no such file"),
        ({"path": "nothing.doc"}, "ends with .csv, .npy"),
        ({"hidden": 1}, "hidden"),
        ({"beta": 0}, "beta"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("patterns_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


def test_patterns_that_are_all_the_same(tmp_path):
    (tmp_path / "a.csv").write_text("1,1\n1,1\n")
    with pytest.raises(ValueError, match="a.csv: Expected patterns of two numbers or more"):
        recipes.get("patterns_from_file", path=tmp_path / "a.csv").prepare()
