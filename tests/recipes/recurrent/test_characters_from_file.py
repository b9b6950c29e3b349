"""A text of one's own: in parts one after the other, numbered, learned."""

import logging
import tempfile
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_memory import recipes
from keras_memory.recipes.datasets import plain_text
from keras_memory.recipes.datasets.plain_text import StoredText, read_text

pytestmark = pytest.mark.long

SMALL = {
    "epochs": 2,
    "steps_per_epoch": 40,
    "batch_size": 16,
    "learning_rate": 1e-2,
    "units": 16,
    "length": 20,
    "test_length": 20,
    "k_top": 1,
    "k_att": 5,
    "jit_compile": False,
}


def text_of(path, name, text):
    (path / name).write_text(text, "utf-8", newline="")
    return path / name


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return text_of(tmp_path_factory.mktemp("own"), "days.txt", "un, deux, trois.\n" * 400)


def test_it_learns_and_continues(path, tmp_path, by_shell):
    """A character of eleven, without the ones before it, takes more than three bits."""
    recipe = recipes.get("characters_from_file", path=path, **SMALL)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert run.metrics["bits_per_character"] < 1
    assert run.model.arguments["labels"] == sorted(set("un, deux, trois.\n"))
    away = recipe.replace(path="gone.txt")  # what answers is the model
    answer = away.answer(run.model, "un, deux, ")["text"]
    assert answer.startswith("un, deux, trois.\nun")
    assert len(recipe.figures(run.model)) == 1
    with pytest.raises(ValueError, match="Expected a text of the characters .*Received: 'Q'"):
        recipe.answer(run.model, "un Q")
    texts = ["un, deux,", "deux, troiQs"]
    answered, served = by_shell(run, ["--text", "un, deux, "], "next_characters", texts=texts)
    assert answered["text"] == answer
    assert [found[0] for found in served["characters"]] == [" ", "."]
    assert served["unknown"] == ["", "Q"]
    assert np.shape(served["probabilities"]) == (2, 5)


def test_the_last_parts_are_for_validation_and_tests(tmp_path):
    text = "".join(chr(0x4E00 + i) for i in range(1000))
    path = text_of(tmp_path, "a.txt", text)
    recipe = recipes.get("characters_from_file", path=path, validation_share=0.2)
    parts = [recipe.own[split] for split in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [700, 200, 100]
    assert "".join(part[:] for part in parts) == text
    assert parts[1][3] == text[703]
    pieces = recipe.replace(length=7, test_length=30, k_att=7).examples("test")
    np.testing.assert_array_equal(pieces["symbols"], np.arange(900, 990).reshape(3, 30))
    np.testing.assert_array_equal(pieces["next"], pieces["symbols"] + 1)


def test_files_of_their_own(path, tmp_path):
    test = text_of(tmp_path, "test.txt", "trois deux\n" * 20)
    recipe = recipes.get("characters_from_file", path=path, test_path=test)
    assert recipe.own["test"][:] == "trois deux\n" * 20
    assert len(recipe.own["train"]) == 17 * 400 - 680
    strange = text_of(tmp_path, "strange.txt", "un, deux\ntrois, quatre\n" * 20)
    recipe = recipe.replace(validation_path=strange)
    with pytest.raises(
        ValueError, match=r"strange.txt:2: .* of .*days.txt alone. Received: 'quatre"
    ):
        recipe.prepare()


def test_what_was_found_is_reported(path, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("characters_from_file", path=path).prepare()
    (line,) = caplog.messages
    assert "days.txt: characters: 5440 for train, 680 for validation, 680 for test; 1" in line
    assert "different ones; the first: 'un, deux, trois. un, deux," in line


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of characters"),
        ({"path": "nothing.txt"}, "Expected a text. Received: nothing.txt .No such file"),
        ({"k_att": 200}, "k_att of at most 100"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("characters_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


def test_too_short_a_text(tmp_path):
    path = text_of(tmp_path, "short.txt", "abc" * 100)
    with pytest.raises(ValueError, match=r"short.txt: .* 29 characters, which .* validation"):
        recipes.get("characters_from_file", path=path).prepare()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\nb\xff", r"a.txt:2: Expected text in UTF-8. Received: b'\\xff'"),
        (b"", "a.txt: Expected a text. Received: none"),
        (b"\n\n\xe2\x82", r"a.txt:3: Expected text in UTF-8. Received: b'\\xe2\\x82'"),
        (b"abcdef", "a.txt: Expected up to 5 different characters. Received: more"),
    ],
)
def test_a_fault_names_the_file(tmp_path, content, message, monkeypatch):
    monkeypatch.setattr(plain_text, "AT_ONCE", 3)
    monkeypatch.setattr(plain_text, "MOST_CHARACTERS", 5)
    path = str(tmp_path / "a.txt")
    Path(path).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        StoredText(read_text(path), path)


# Accents that are composed with the letters before them, also at the end of a piece.
LETTERS = st.text(st.sampled_from("ae\u0301\u0323\u4e00\u1112\u1161\n\ufeff"), min_size=1)


@settings(max_examples=60, deadline=None)
@given(content=st.one_of(st.text(), st.binary(), LETTERS), size=st.integers(1, 9))
def test_whatever_a_file_has_is_a_text_or_one_line(content, size):
    content = content if isinstance(content, bytes) else content.encode()
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(plain_text, "AT_ONCE", size)
        path = Path(folder) / "a.txt"
        path.write_bytes(content)
        try:
            stored = StoredText(read_text(str(path)), str(path))
            text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
            assert stored[:] == text
            assert set(stored.characters) == set(text)
            assert stored.first_of(text[-1]) == (
                text.index(text[-1]),
                1 + text.count("\n", 0, text.index(text[-1])),
            )
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
