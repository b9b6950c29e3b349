"""Stories of one's own: split by story, reported, learned."""

import json
import logging
import re

import numpy as np
import pytest

from keras_memory import recipes

pytestmark = pytest.mark.long

ROOMS = "lobby", "garage", "office", "archive"
PEOPLE = "Ana", "Bo", "Chen"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Two questions about each of 400 stories of two persons."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("own") / "rooms.jsonl"
    with path.open("w") as file:
        for _ in range(400):
            rooms = random.choice(ROOMS, 2)
            people = random.permutation(PEOPLE)[:2]
            pairs = list(zip(people, rooms, strict=True))
            story = [f"{who} walks to the {room}." for who, room in pairs]
            for who, room in pairs:
                row = {"story": story, "question": f"Where is {who}?", "answer": room}
                file.write(json.dumps(row) + "\n")
    return path


SMALL = {
    "epochs": 8,
    "steps_per_epoch": 80,
    "linear_epochs": 3,
    "halving_epochs": 2,
    "dim": 20,
}


def stories_of(recipe, split):
    return recipe.texts(split)["story"]


def test_all_questions_about_a_story_are_in_one_split(path):
    recipe = recipes.get("stories_from_file", path=path, validation_share=0.2)
    texts = [stories_of(recipe, split) for split in ("train", "validation", "test")]
    sizes = [len(stories) for stories in texts]
    assert sum(sizes) == 800
    assert sizes[1] == pytest.approx(160, abs=4)
    assert sizes[2] == pytest.approx(80, abs=4)
    for stories in texts:
        np.testing.assert_array_equal(stories[::2], stories[1::2])


def test_files_of_their_own(path, tmp_path):
    lines = path.read_text().splitlines()
    (tmp_path / "test.jsonl").write_text("\n".join(lines[:7]))
    recipe = recipes.get("stories_from_file", path=path, test_path=tmp_path / "test.jsonl")
    assert len(stories_of(recipe, "test")) == 7
    validation = len(stories_of(recipe, "validation"))
    assert len(stories_of(recipe, "train")) + validation == 800
    assert validation == pytest.approx(80, abs=4)


def test_what_was_found_is_reported(path, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("stories_from_file", path=path).prepare()
    (line,) = caplog.messages
    assert re.search(
        r"rooms.jsonl: questions: 6\d\d for train, .* 4 answers, .*; the first: "
        r"'\w+ walks to .*', 'Where is \w+\?' → '\w+'$",
        line,
    )


def test_it_learns_and_answers(path, tmp_path, by_shell):
    recipe = recipes.get("stories_from_file", path=path, **SMALL)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert run.metrics["error_percent"] < 5
    answer = recipe.answer(run.model, "Bo walks to the office.", "Where is Bo?")
    assert answer["answer"] == "office"
    assert list(recipe.figures(run.model)) == ["story"]
    story, questions = (
        "Bo walks to the office. Ana walks to the lobby.",
        ["Where is Bo?", "Ana?"],
    )
    question = ["--story", story, "--question", questions[0]]
    answered, served = by_shell(run, question, story=[story] * 2, question=questions)
    assert answered["answer"] == "office"
    assert served["answer"] == ["office", "lobby"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of questions"),
        ({"path": "nothing.tsv"}, "nothing.tsv, no such file"),
        ({"path": "nothing.doc"}, "ends with .txt"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("stories_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


def test_answers_that_are_all_the_same(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("".join(f"A{i} is here.\tWhere?\there\n" for i in range(40)))
    with pytest.raises(ValueError, match=r"a.tsv: Expected answers that differ .*'here'"):
        recipes.get("stories_from_file", path=path).prepare()


def test_too_short_a_file(tmp_path):
    path = tmp_path / "one.tsv"
    path.write_text("Ana walks.\tWho?\tana\n")
    with pytest.raises(ValueError, match="Expected enough questions for .*Received: 1"):
        recipes.get("stories_from_file", path=path).prepare()
