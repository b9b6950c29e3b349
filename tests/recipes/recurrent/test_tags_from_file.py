"""Sentences of one's own: read, reported, learned, measured by what their tags are."""

import logging
import string
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_memory import recipes
from keras_memory.recipes.datasets.tagged import read_sentences

pytestmark = pytest.mark.long

CITIES = "Oslo", "Bergen", "Rome", "New York", "Lima", "Kyoto", "San Jose", "Paris"
SMALL = {
    "epochs": 3,
    "steps_per_epoch": 50,
    "batch_size": 16,
    "learning_rate": 0.01,
    "encoder": "conv",  # the fastest
    "depth": 2,
    "crf": False,
    "units": 32,
    "embedding_dim": 16,
    "letter_dim": 16,
    "dropout": 0.1,
    "jit_compile": False,
}


def rows(city, kind):
    first, *others = city.split()
    return [(first, f"B-{kind}"), *((word, f"I-{kind}") for word in others)]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Where from and where to, in either order: the word before decides."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("own") / "trips.conll"
    with path.open("w") as file:
        for _ in range(300):
            ways = ["from", "to"] if random.random() < 0.5 else ["to", "from"]
            sentence = [("a", "O"), ("ticket", "O")]
            for way in ways:
                sentence += [(way, "O"), *rows(random.choice(CITIES), way)]
            file.write("".join(f"{word}\t{tag}\n" for word, tag in sentence) + "\n")
    return path


@pytest.fixture(scope="module")
def run(path, tmp_path_factory):
    recipe = recipes.get("tags_from_file", path=path, **SMALL)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "own", verbose=0)


def test_what_was_found_is_reported(path, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("tags_from_file", path=path).prepare()
    (line,) = caplog.messages
    assert "sentences: 239 for train, 30 for validation, 31 for test; 14 words, 0 " in line
    assert "up to 8 in a sentence; 5 tags, of chunks, as 'B-from'" in line


def test_it_learns_and_answers(run):
    assert set(run.metrics) == {"f1"}
    assert run.metrics["f1"] > 90
    answer = run.recipe.answer(run.model, "a ticket to New York from Oslo")
    assert answer["tags"].endswith("New/B-to York/I-to from/O Oslo/B-from")
    assert list(run.recipe.figures(run.model)) == ["tags"]


def test_by_shell_and_served(run, by_shell):
    question = ["--sentence", "a ticket from Oslo"]
    answered, served = by_shell(run, question, texts=["a ticket from Oslo"])
    assert answered["tags"] == "a/O ticket/O from/O Oslo/B-from"
    assert served["tags"] == [["O", "O", "O", "B-from"]]


def test_tags_without_chunks_are_counted(tmp_path):
    path = tmp_path / "speech.txt"
    path.write_text("I PRON\nrun VERB\n\n" * 30)
    test = tmp_path / "test.txt"
    test.write_text("I PRON\nswim VERB\n")
    recipe = recipes.get("tags_from_file", path=path, test_path=test, **SMALL)
    metrics = recipe.evaluate(recipe.seeded_model())
    assert set(metrics) == {"accuracy", "accuracy_known", "accuracy_unknown"}
    assert "; 2 tags, as 'PRON'" in recipe.found()
    assert recipe.sample() == "'I run' → 'PRON VERB'"
    path.write_text("I O\nrun O\n\n" * 30)
    with pytest.raises(ValueError, match=r"speech.txt: Expected tags that differ .*'O'"):
        recipes.get("tags_from_file", path=path).prepare()


def test_a_folder_with_intents(tmp_path):
    for name, text in (
        ("seq.in", "play jazz\nstop\n" * 20),
        ("seq.out", "O B-genre\nO\n" * 20),
        ("label", "play\nstop\n" * 20),
    ):
        (tmp_path / name).write_text(text)
    recipe = recipes.get("tags_from_file", path=tmp_path)
    assert recipe.intents == ["play", "stop"]
    assert recipe.found().endswith("; 2 intents")
    assert recipe.sample() in ("'play jazz' → 'O B-genre', 'play'", "'stop' → 'O', 'stop'")


def test_upper_case_is_read_as_such(path):
    assert "Oslo" in recipes.get("tags_from_file", path=path, cased=True).vocabulary
    assert "oslo" in recipes.get("tags_from_file", path=path).vocabulary


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of sentences"),
        ({"path": "nothing.conll"}, "nothing.conll, no such file"),
        ({"path": "."}, "Expected files seq.in and seq.out in a folder"),
        ({"path": "a.conll", "test_share": 0.5}, "test_share.*less than 0.5"),
    ],
)
def test_bad_fields(fields, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        recipes.get("tags_from_file", **fields).fit("run", verbose=0)
    assert not list(tmp_path.iterdir())


PIECES = st.sampled_from(
    [*"aß\t\n ", "Oslo B-to\n", "\n\n", "# id\n", "-DOCSTART-\n", "B-", "\ufeff", "\u2003"]
    + ["1\tI\tI\tPRON\t_\t_\t_\t_\t_\t_\n", "1\t\t\t\t\t\t\t\t\t\n", "e\u0301 X\n"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(st.text(string.printable), st.lists(PIECES).map("".join)))
def test_whatever_a_file_has_is_sentences_or_one_line(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.conll"
        path.write_text(text, "utf-8")
        recipe = recipes.get("tags_from_file", path=path)
        try:
            found = list(recipe.read(str(path)))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "Expected" in str(error)
        else:
            for words, tags, _ in found:
                assert len(words.split(" ")) == len(tags.split(" ")) > 0
                assert all([*words.split(" "), *tags.split(" ")])


def test_no_sentences(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("\n\n")
    with pytest.raises(ValueError, match="a.conll: Expected sentences. Received: none"):
        list(read_sentences(str(path)))
