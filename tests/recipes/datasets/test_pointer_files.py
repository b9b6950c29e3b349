"""A user's files of points: four formats, and faults that name file and line."""

import json
import string
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets.pointer_files import read_own_pointers

FOUND = [([[0.5, 2], [1, -4.25], [7, 8]], [2, 0]), ([[1, 1], [2, 3]], [0, 1])]


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def check(examples):
    for (points, places), example in zip(FOUND, examples, strict=True):
        np.testing.assert_array_equal(example.points, points)
        assert example.places.tolist() == places


def of_json(first):
    rows = [{"points": p, "answer": [place + first for place in a]} for p, a in FOUND]
    return "".join(json.dumps(row) + "\n" for row in rows)


def of_columns(first=0):
    for number, (points, places) in enumerate(FOUND):
        for index, (x, y) in enumerate(points):
            place = places.index(index) + first if index in places else ""
            yield f"set {number}", place, x, y


def test_the_formats_have_the_same_examples(tmp_path):
    check(read_own_pointers(written(tmp_path, "a.jsonl", of_json(0))))
    check(read_own_pointers(written(tmp_path, "a.jsonl", of_json(1)), first=1))
    for first in (0, 1):
        rows = "".join(",".join(map(str, row)) + "\n" for row in of_columns(first))
        check(read_own_pointers(written(tmp_path, "a.csv", rows)))
    titled = "tour,x,stop,y\n" + "".join(f"{g},{x},{o},{y}\n" for g, o, x, y in of_columns())
    path = written(tmp_path, "b.txt", titled)
    check(read_own_pointers(path, "csv", group="tour", order="stop"))
    text = "0.5 2 1 -4.25 7 8 output 3 1\n1 1 2 3 output 1 2\n"
    check(read_own_pointers(written(tmp_path, "a.txt", text), first=1))


def test_any_dimension(tmp_path):
    path = written(tmp_path, "a.jsonl", '{"points": [0.7, 0.1], "answer": [1, 0]}\n')
    (example,) = read_own_pointers(path)
    assert example.points.tolist() == [[0.7], [0.1]]
    path = written(tmp_path, "a.txt", "1 2 3 4 5 6 output 2 1\n")
    (example,) = read_own_pointers(path, first=1, dim=3)
    assert example.points.tolist() == [[1, 2, 3], [4, 5, 6]]


GOOD = '{"points": [[1, 2], [3, 4]], "answer": [1]}\n'


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", GOOD + "{", "a.jsonl:2: Expected an object of points"),
        ("a.jsonl", GOOD + "[" * 10**5, "a.jsonl:2: Expected an object of points"),
        ("a.jsonl", GOOD.replace("answer", "reply"), ":1: Expected an object of points"),
        ("a.jsonl", GOOD.replace("[3, 4]", "[3]"), "as many finite coordinates"),
        ("a.jsonl", GOOD.replace("4", "NaN"), "as many finite coordinates"),
        ("a.jsonl", GOOD.replace("4", '"4"'), "as many finite coordinates"),
        ("a.jsonl", GOOD.replace("[1]", "[true]"), ":1: Expected an object of points"),
        ("a.jsonl", GOOD.replace("[1]", "[2]"), "from 0 to 1 with numbered_from=0.*2"),
        ("a.jsonl", GOOD.replace("[1]", "[-1]"), "from 0 to 1 with numbered_from=0.*-1"),
        ("a.jsonl", GOOD + "\n" + GOOD, "a.jsonl:2: .*Received: ''"),
        ("a.jsonl", GOOD + '{"points": [1], "answer": [0]}', ":2: Expected points of 2 coo"),
        ("a.csv", "a,0,1,2\na,0,3,4\n", "a.csv:2: Expected each place in the answer once"),
        ("a.csv", "a,0,1,2\nb,0,1,2\na,0,3,4\n", "a.csv:3: Expected each place .* once"),
        ("a.csv", "a,0,1,2\na,2,3,4\n", "a.csv:1: Expected places .* without a gap"),
        ("a.csv", "a,2,1,2\na,3,3,4\n", "a.csv:1: Expected places .* from 0 or 1 on"),
        ("a.csv", "a,0.5,1,2\n", "a.csv:1: Expected a whole number"),
        ("a.csv", "a,b,1,2\n", "a.csv:1: Expected finite numbers.*'b'"),
        ("a.csv", ",0,1,2\n", "a.csv:1: Expected a group"),
        ("a.csv", "a,0,1,x\n", "a.csv:1: Expected finite numbers.*'x'"),
        ("a.txt", "1 2 3 output 1\n", "a.txt:1: Expected coordinates of points, 2 each"),
        ("a.txt", "", "a.txt: Expected points and answers. Received: none"),
        ("a.pdf", "", "ends with .csv, .jsonl, .parquet, .txt"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        list(read_own_pointers(written(tmp_path, name, text)))


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"Received: .*a.csv, no such file"):
        list(read_own_pointers(str(tmp_path / "a.csv")))


PIECES = st.sampled_from(
    [*GOOD.strip(), GOOD, "group,order,x\n", "a,0,1\n", "a,,2\n", "1 2 output 1\n", '"', "\n"]
    + ["1e999", "NaN", "\ufeff", "Infinity", "[[", "9" * 400]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.one_of(st.text(string.printable), st.lists(PIECES).map("".join)),
    ending=st.sampled_from([".csv", ".jsonl", ".txt"]),
    first=st.sampled_from([0, 1]),
)
def test_whatever_a_file_has_is_examples_or_one_line(text, ending, first):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_text(text, "utf-8")
        try:
            found = list(read_own_pointers(str(path), first=first))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "Expected" in str(error)
            assert "\n" not in str(error)
        else:
            for example in found:
                assert np.isfinite(example.points).all()
                assert set(example.places) <= set(range(len(example.points)))
