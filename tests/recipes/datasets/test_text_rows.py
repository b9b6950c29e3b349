"""A user's rows of texts: three formats, and faults that name file and line."""

import csv
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets.pair_files import read_pairs
from keras_memory.recipes.datasets.text_rows import FORMATS, read_rows

COLUMNS = "source", "target"
ROWS = [["een, twee", 'a "one"'], ["drie", "three"]]


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8", newline="")
    return str(path)


def rows(path, format=""):
    return [texts for _, texts in read_rows(path, COLUMNS, format)]


def test_the_three_formats_have_the_same_rows(tmp_path):
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in ROWS]
    assert rows(written(tmp_path, "a.jsonl", "\n".join(lines))) == ROWS
    columns = "".join("\t".join(row) + "\n" for row in ROWS)
    assert rows(written(tmp_path, "a.tsv", columns)) == ROWS
    assert rows(written(tmp_path, "a.txt", columns), "tsv") == ROWS
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *ROWS])
    assert rows(tmp_path / "a.csv") == ROWS


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_named_columns_come_in_any_order(tmp_path, ending):
    text = "id,Target,SOURCE\n1,b, a \n2,d,c\n"
    text = text.replace(",", "\t") if ending == "tsv" else text
    assert rows(written(tmp_path, f"a.{ending}", text)) == [["a", "b"], ["c", "d"]]


def test_a_cell_of_several_lines(tmp_path):
    path = written(tmp_path, "a.csv", '"a\n\nb",c\r\nd,e\r\nf\n')
    read = read_rows(path, COLUMNS)
    assert next(read) == (f"{path}:1", ["a\n\nb", "c"])
    assert next(read) == (f"{path}:4", ["d", "e"])
    with pytest.raises(ValueError, match=r"a.csv:5: Expected source and target"):
        next(read)


def test_accents_are_composed_and_numbers_are_texts(tmp_path):
    text = '{"source": "e\\u0301", "target": 7}'
    assert rows(written(tmp_path, "a.jsonl", text)) == [["é", "7"]]


GOOD = '{"source": "a", "target": "b"}\n'


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", GOOD + "{", "a.jsonl:2: Expected source and target"),
        ("a.jsonl", '{"source": "a"}', "a.jsonl:1: "),
        ("a.jsonl", GOOD + "\n" + GOOD, "a.jsonl:2: "),
        ("a.jsonl", GOOD.replace('"b"', "true"), ":1: .*true"),
        ("a.jsonl", GOOD.replace('"b"', "1.5"), ":1: "),
        ("a.jsonl", GOOD.replace('"b"', '["b"]'), ":1: "),
        ("a.jsonl", GOOD.replace("b", r"\ud800"), ":1: "),
        ("a.jsonl", "[" * 100_000, ":1: "),
        ("a.tsv", "a\tb\na\t \n", r"a.tsv:2: .*\['a', ' '\]"),
        ("a.tsv", "a\tb\tc\n", "a.tsv:1: "),
        ("a.csv", 'a,b\n"a,b\n', "a.csv:2: Expected CSV. Received: unexpected end"),
        ("a.csv", 'a,"b"c\n', "a.csv:1: Expected CSV"),
        ("a.csv", "a,b\n\na,b\n", r"a.csv:2: .*Received: \[\]"),
        ("a.csv", "a,b\na,b,c\n", r"a.csv:2: .*Received: \['a', 'b', 'c'\]"),
        ("a.jsonl", GOOD + '{"source": "x"}', 'Received: \'{"source": "x"}\''),
        ("a.csv", "source,target\n", "a.csv: Expected rows of .*none"),
        ("a.csv", "source,id\na,b\n1", "a.csv:3: "),
        ("a.pdf", "", "ends with .csv, .jsonl, .tsv"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        rows(written(tmp_path, name, text))


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"Received: .*a.tsv, no such file"):
        rows(str(tmp_path / "a.tsv"))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("abcd", "a.jsonl:2: .* of up to 3 characters. Received: 4; the field longest"),
        ("a\nb", "a.jsonl:2: Expected a target without tabs"),
        ("a\tb", "a.jsonl:2: Expected a target without tabs"),
    ],
)
def test_pairs_that_a_model_does_not_take(tmp_path, row, message):
    text = GOOD + json.dumps({"source": "a", "target": row})
    with pytest.raises(ValueError, match=message):
        list(read_pairs(written(tmp_path, "a.jsonl", text), longest=3))


PIECES = st.sampled_from(
    [*GOOD, "\t", "\n", ",", '"', "\r", "\0", "\ufeff", "ß", GOOD, "a\tb\n", "a,b\n"]
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.one_of(st.text(), st.lists(PIECES).map("".join), st.binary()),
    ending=st.sampled_from([*FORMATS]),
)
def test_whatever_a_file_has_is_rows_or_one_line(text, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        try:
            found = rows(str(path))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
            assert "Expected" in str(error)
        else:
            assert all(text.strip() for row in found for text in row)
