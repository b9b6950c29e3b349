"""Points of one's own: read, scaled, learned, served with coordinates as they are."""

import json
import logging
import re

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.running.recipe_of_model import recipe_of

pytestmark = pytest.mark.long

SMALL = {
    "epochs": 4,
    "steps_per_epoch": 60,
    "batch_size": 32,
    "learning_rate": 1e-2,
    "units": 32,
    "beam_width": 1,
    "jit_compile": False,
}
# Two coordinates whose units differ; the first decides.
SCALE, PLACE = [1e-3, 1e3], [5, -4e6]


def write(path, examples):
    with path.open("w") as file:
        for points, answer in examples:
            answer = np.asarray(answer).tolist()
            file.write(json.dumps({"points": points.tolist(), "answer": answer}) + "\n")
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Three or four points of each of 800 sets, in the order of their first coordinate."""
    random = np.random.default_rng(0)
    sets = [random.random((random.integers(3, 5), 2)) * SCALE + PLACE for _ in range(800)]
    examples = [(points, points[:, 0].argsort()) for points in sets]
    return write(tmp_path_factory.mktemp("own") / "sorted.jsonl", examples)


@pytest.fixture(scope="module")
def run(path, tmp_path_factory):
    recipe = recipes.get("pointers_from_file", path=path, **SMALL)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "own", verbose=0)


def test_what_was_found_is_reported(path, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("pointers_from_file", path=path).prepare()
    (line,) = caplog.messages
    assert "sets of points: 639 for train, 80 for validation, 81 for test; up to 4" in line
    assert re.search(
        "of 2 coordinates; answers, numbered from 0: lists of up to 4 points, permutation; "
        r"the first: [-\d.]+,[-+\d.e]+ .*… → \d[,\d]+$",
        line,
    )


def test_it_learns_and_answers(run):
    """Chance is right one time in fifteen."""
    assert set(run.metrics) == {"accuracy_percent", "pointer_percent"}
    assert run.metrics["accuracy_percent"] > 85
    assert run.metrics["pointer_percent"] >= run.metrics["accuracy_percent"]
    answer = run.recipe.answer(run.model, "5.0009,-3999900 5.0001,-3999100 5.0005,-3999500")
    assert answer["answer"] == "1 2 0"
    again = run.recipe.answer(run.model, "[[5.0009,-4e6], [5.0001,-4e6], [5.0005,-4e6]]")
    assert again["answer"] == "1 2 0"
    assert list(run.recipe.figures(run.model)) == ["attention_map"]
    for typed in ("", "1 2", "1,2,3"):
        with pytest.raises(ValueError, match=r"Expected .*points"):
            run.recipe.answer(run.model, typed)


def test_the_model_has_the_units(run, by_shell):
    np.testing.assert_allclose(
        run.model.arguments["scale"], np.array(SCALE) / np.sqrt(12) * 0.85, rtol=0.1
    )
    config = {"registered_name": "keras_memory>PointerNetwork", "config": {"scale": [1, 2]}}
    assert recipe_of(config).name == "pointers_from_file"
    points = [[[9e-4, 100.0], [1e-4, 900.0], [5e-4, 500.0]]]
    question = ["--points", json.dumps(points[0])]
    answered, served = by_shell(run, question, points=points)
    assert answered["answer"] == "1 2 0"
    assert served["indices"][0][:3] == [1, 2, 0]


SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
TOURS = [[2, 1, 0, 3, 2], [0, 1, 2, 3, 0], [3, 2, 1, 0, 3]]


def test_tours_are_lines_without_a_start_and_a_direction(tmp_path):
    path = write(tmp_path / "tours.jsonl", [(SQUARE, tour) for tour in TOURS * 10])
    recipe = recipes.get("pointers_from_file", path=path)
    assert (recipe.is_closed, recipe.rule) == (True, "permutation")
    for split in ("train", "validation", "test"):
        pointers = recipe.examples(split)["pointers"]
        np.testing.assert_array_equal(pointers, [[1, 2, 3, 4]] * len(pointers))
    crossed, around = np.array([0, 2, 1, 3]), np.array([0, 1, 2, 3])
    found = recipe.measure([SQUARE] * 2, [crossed, around], [around] * 2)
    assert found["accuracy_percent"] == 50
    assert found["pointer_percent"] == 75
    assert found["gap_percent"] == pytest.approx(100 * (3 + np.sqrt(2)) / 4 - 100)
    assert recipe.lines([0, 1, 2, 3]) == [[0, 1, 2, 3]]


def test_the_form_of_the_authors_counts_from_one(tmp_path):
    path = tmp_path / "hulls.txt"
    path.write_text("0 0 1 0 1 1 0.4 0.5 output 1 2 3 1\n" * 30)
    recipe = recipes.get("pointers_from_file", path=path, answers="simple_polygon")
    assert (recipe.first_number, recipe.is_closed) == (1, True)
    assert recipe.examples("test")["pointers"][0].tolist() == [1, 2, 3]
    model = recipe.replace(units=8).seeded_model()
    assert list(recipe.figures(model)) == ["answers"]
    assert "gap_percent" not in recipe.evaluate(model)


def test_lists_of_points_of_one_coordinate(tmp_path):
    points = np.array([[3.0], [7.0], [1.0]])
    path = write(tmp_path / "two.jsonl", [(points, [1, 0])] * 30)
    recipe = recipes.get("pointers_from_file", path=path)
    assert (recipe.dim, recipe.rule) == (1, "anything")
    assert "lists of up to 2 points, anything" in recipe.found()


def test_numbers_from_one_are_not_taken_for_numbers_from_zero(tmp_path):
    path = write(tmp_path / "one.jsonl", [(SQUARE, [1, 2])] * 30)
    with pytest.raises(ValueError, match="Expected point 0, the first, in an answer"):
        recipes.get("pointers_from_file", path=path).prepare()
    recipe = recipes.get("pointers_from_file", path=path, numbered_from="1")
    assert recipe.examples("train")["pointers"][0].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of sets of points"),
        ({"path": "nothing.csv"}, "nothing.csv, no such file"),
        ({"path": "nothing.doc"}, "ends with .csv"),
        ({"numbered_from": "2"}, "numbered_from.*less than or equal to 1"),
        ({"answers": "sorted"}, "answers.*Received: 'sorted'"),
        ({"units": 5, "bidirectional": True}, "Expected even units"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("pointers_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


def test_an_answer_that_breaks_the_rule_names_its_line(tmp_path):
    examples = [(SQUARE, [0, 1, 2, 3])] * 29
    path = write(tmp_path / "a.jsonl", [*examples, (SQUARE, [0, 1])])
    recipe = recipes.get("pointers_from_file", path=path, answers="permutation")
    with pytest.raises(ValueError, match=r"a.jsonl:30: Expected all numbers from 0 to 3"):
        recipe.prepare()


def test_files_of_other_dimensions(path, tmp_path):
    test = write(tmp_path / "test.jsonl", [(SQUARE[:, :1], [0])])
    recipe = recipes.get("pointers_from_file", path=path, test_path=test)
    with pytest.raises(ValueError, match=r"test.jsonl:1: Expected points of 2 coordinates"):
        recipe.prepare()
