"""A user's files of questions: three formats, and faults that name file and line."""

import json
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets.question_files import read_own_questions

STORY = "Ana went home.\nBo slept."
FOUND = [(STORY, "Where is Ana?", "home"), (STORY, "Who slept?", "bo,nobody")]


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def test_the_three_formats_have_the_same_questions(tmp_path):
    babi = "1 Ana went home.\n2 Bo slept.\n"
    babi += "3 Where is Ana?\tHome\t1\n4 Who slept?\tbo,nobody\t2\n"
    rows = [dict(zip(("story", "question", "answer"), found, strict=True)) for found in FOUND]
    rows[1]["story"] = STORY.split("\n")
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    one_line = STORY.replace("\n", " ")
    columns = "Story\tquestion\tANSWER\n" + "".join(
        f"{one_line}\t{question}\t{answer}\n" for _, question, answer in FOUND
    )
    assert list(read_own_questions(written(tmp_path, "a.txt", babi))) == FOUND
    assert list(read_own_questions(written(tmp_path, "a.jsonl", lines))) == FOUND
    found = list(read_own_questions(written(tmp_path, "a.csv", columns), "tsv"))
    assert found == [(one_line, *rest) for _, *rest in FOUND]


GOOD = '{"story": "A b.", "question": "b?", "answer": "a"}\n'


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", GOOD + "{", "a.jsonl:2: Expected story, question and answer"),
        ("a.jsonl", '{"story": "A b.", "question": "b?"}', "a.jsonl:1: "),
        ("a.jsonl", '{"story": 1, "question": "b?", "answer": "a"}', ":1: "),
        ("a.jsonl", '{"story": [1], "question": "b?", "answer": "a"}', ":1: "),
        ("a.jsonl", GOOD + "\n" + GOOD, ":2: .*Received: ''"),
        ("a.jsonl", GOOD.replace('"a"', '" "'), ":1: "),
        ("a.jsonl", GOOD.replace('"a"', '"a b"'), "one word, or of words joined by commas"),
        ("a.jsonl", GOOD.replace('"a"', '"a,"'), "Received: 'a,'"),
        ("a.jsonl", GOOD + "[" * 100_000, "a.jsonl:2: "),
        ("a.jsonl", GOOD + GOOD.replace("A", r"\ud800"), "a.jsonl:2: "),
        ("a.tsv", "A b.\tb?\n", "a.tsv:1: "),
        ("a.tsv", "A b.\tb?\ta\tc\n", "a.tsv:1: "),
        ("a.txt", "1 A b.\n2 b?\ta\t7\n", "a.txt:2: Expected facts"),
        ("a.tsv", "story\tquestion\tanswer\n", "a.tsv: Expected questions. Received: none"),
        ("a.pdf", "", "ends with .txt, .jsonl, .tsv"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        list(read_own_questions(written(tmp_path, name, text)))


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"Received: .*a.tsv, no such file"):
        list(read_own_questions(str(tmp_path / "a.tsv")))


PIECES = st.sampled_from(
    [*GOOD.strip(), "\t", "\n", "1 A b.\n", "2 b?\ta\t1\n", "story", "\ufeff", "ß", GOOD]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.one_of(st.text(string.printable), st.lists(PIECES).map("".join)),
    ending=st.sampled_from([".txt", ".jsonl", ".tsv"]),
)
def test_whatever_a_file_has_is_questions_or_one_line(text, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_text(text, "utf-8")
        try:
            found = list(read_own_questions(str(path)))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "Expected" in str(error)
        else:
            assert all(question and answer for _, question, answer in found)
