"""A user's files of bags: four formats, and faults that name file and row."""

import io
import string
import tempfile
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets.set_files import read_own_bags

ROWS = [("a", "yes", 1.5, -2.0), ("b", "no", 0.25, 1e3), ("a", "yes", 3.0, 4.0)]
LABELS = ["yes", "no"]
ITEMS = [[[1.5, -2], [3, 4]], [[0.25, 1e3]]]


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def lines(rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def check(bags, labels=LABELS):
    bags = list(bags)
    assert [bag.label for bag in bags] == labels
    for bag, items in zip(bags, ITEMS, strict=True):
        np.testing.assert_array_equal(bag.items, np.float32(items))


def test_the_formats_have_the_same_bags(tmp_path):
    check(read_own_bags(written(tmp_path, "a.csv", lines(ROWS))))
    turned = [("x", "class", "y", "molecule"), *((x, lab, y, b) for b, lab, x, y in ROWS)]
    path = written(tmp_path, "b.txt", lines(turned))
    check(read_own_bags(path, "csv", bag="molecule", label="class"))
    musk = [(bag, f"{bag}_1", x, y, f"{int(label == 'yes')}.") for bag, label, x, y in ROWS]
    check(read_own_bags(written(tmp_path, "clean1.data", lines(musk))), ["1", "0"])
    data = {
        "data": np.array([row[2:] for row in ROWS]),
        "nlab": [2, 1, 2],
        "ident": {"milbag": [1, 2, 1]},
    }
    scipy.io.savemat(tmp_path / "a.mat", {"x": data})
    check(read_own_bags(str(tmp_path / "a.mat")), ["2", "1"])


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = dict(zip(("bag", "label", "x", "y"), zip(*ROWS, strict=True), strict=True))
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    check(read_own_bags(str(path)))
    columns["y"] = [1.0, None, 2.0]
    parquet.write_table(pyarrow.table(columns), path)
    with pytest.raises(ValueError, match="a.parquet: row 2: Expected finite.*'None'"):
        list(read_own_bags(str(path)))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="a.parquet: Expected a table of Parquet"):
        list(read_own_bags(str(path)))


def test_without_the_package_of_parquet(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    path = written(tmp_path, "a.parquet", "")
    with pytest.raises(ImportError, match=r"a.parquet: pip install keras-memory\[parquet\]"):
        list(read_own_bags(path))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "bag,label,x\na,1,2\na,0,3\n", "a.csv:3: Expected label '1' of bag 'a'"),
        ("a.csv", "a,1,2\nb,0,2\na,0,3\n", "a.csv:3: Expected label '1' of bag 'a'"),
        ("a.csv", "bag,label,x\na,1,2\nb,0\n", "a.csv:3: Expected 3 columns. Received: 2"),
        ("a.csv", "bag,label,x\na,1,2\n\nb,0,1\n", "a.csv:3: Expected 3 col.*Received: 0"),
        ("a.csv", "bag,label\na,1\n", "a.csv:2: Expected columns bag, label and numbers"),
        ("a.csv", "bag,label,x,x\na,1,1,1\n", "a.csv:1: Expected names of columns, each"),
        ("a.csv", "set,label,x\na,1,2\n", "a.csv:1: Expected finite numbers.*'x'"),
        ("a.csv", "a,1,nan\n", "a.csv:1: Expected finite numbers.*'nan'"),
        ("a.csv", "a,1,1_0\n", "a.csv:1: Expected finite numbers.*'1_0'"),
        ("a.csv", "a,1,1e30\n", "up to 1e"),
        ("a.csv", "a,,1\n", "a.csv:1: Expected a bag and its label. Received: 'a', ''"),
        ("a.csv", 'a,"1,2\n', "a.csv:1: Expected values with commas"),
        ("a.csv", "bag,label,x\n", "a.csv: Expected bags. Received: none"),
        ("a.data", "m,c,1\n", "a.data:1: Expected a molecule.*Received: 3 columns"),
        ("a.data", "m,c,1,1.\nm,c,1,0.\n", "a.data:2: Expected label '1' of bag 'm'"),
        ("a.mat", "text", "a.mat: Expected a data set of PRTools with features"),
        ("a.txt", "", "ends with .csv, .data, .mat, .parquet"),
    ],
)
def test_a_fault_names_file_and_row(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        list(read_own_bags(written(tmp_path, name, text)))


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"Received: .*a.csv, no such file"):
        list(read_own_bags(str(tmp_path / "a.csv")))


PIECES = st.sampled_from(
    ["bag,label,x\n", "a,1,2\n", "a,1,2,0.\n", "b,0,", "1e9", "nan", '"', ",", "\n", "\ufeff"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.one_of(st.text(string.printable), st.lists(PIECES).map("".join)),
    ending=st.sampled_from([".csv", ".data", ".mat"]),
)
def test_whatever_a_file_has_is_bags_or_one_line(text, ending):
    check_any(text.encode(), ending)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.integers(0, 600), byte=st.integers(0, 255))
def test_a_damaged_table_of_parquet(place, byte):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"bag": ["a"], "label": ["1"], "x": [1.0]}), file)
    content = bytearray(file.getvalue())
    content[place % len(content)] = byte
    check_any(bytes(content), ".parquet")


def check_any(content, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(content)
        try:
            bags = list(read_own_bags(str(path)))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "Expected" in str(error)
            assert "\n" not in str(error)
        else:
            assert all(bag.label and np.isfinite(bag.items).all() for bag in bags)
