"""Sequences of a user, with a target each: rows and arrays, and faults by file and line."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets import sequence_files
from keras_memory.recipes.datasets.sequence_files import read_sequences


def content_of(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def found(path):
    return [(steps.tolist(), target) for steps, target in read_sequences(str(path))]


def test_rows_and_arrays_have_the_same_sequences(tmp_path):
    (tmp_path / "a.csv").write_text("label,t1,t2\n1,0.5,2\n-1,3,4\n")
    np.save(tmp_path / "a.npy", np.array([[1, 0.5, 2], [-1, 3, 4]]))
    np.savez(tmp_path / "a.npz", x=np.array([[0.5, 2], [3, 4]]), y=np.array([1, -1]))
    expected = [([[0.5], [2.0]], 1.0), ([[3.0], [4.0]], -1.0)]
    assert found(tmp_path / "a.npy") == found(tmp_path / "a.npz") == expected
    assert found(tmp_path / "a.csv") == [(steps, f"{y:.0f}") for steps, y in expected]


def test_sequences_of_several_lengths_and_features(tmp_path):
    (tmp_path / "a.csv").write_text("cat,1,2,3\ndog,4,,\n")
    assert found(tmp_path / "a.csv") == [([[1], [2], [3]], "cat"), ([[4]], "dog")]
    x = np.array([[[1, 2], [3, np.nan]], [[5, 6], [7, 8]]])  # padding may be anything
    np.savez(tmp_path / "a.npz", x=x, y=np.array(["a", "b"]), length=np.array([1, 2]))
    assert found(tmp_path / "a.npz") == [([[1, 2]], "a"), ([[5, 6], [7, 8]], "b")]


X, Y = np.zeros((2, 3)), np.array([0, 1])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"1,2\n1\n", "a.csv:2: Expected a target and numbers. Received: '1'"),
        ("a.csv", b"1,2\n,1\n", "a.csv:2: Expected a target and numbers"),
        ("a.csv", b"1,2\n1,,\n", "a.csv:2: Expected numbers"),
        ("a.csv", b"1,2\n1,x\n", "a.csv:2: Expected numbers. Received: 'x'"),
        ("a.csv", b"1,2\n1,,3\n", "a.csv:2: Expected numbers"),
        ("a.csv", b"", "a.csv: Expected rows of numbers. Received: none"),
        ("a.csv", b"a,b\n", "a.csv: Expected rows of a target and numbers. Received: none"),
        ("a.npy", b"", "a.npy: Expected an array of NumPy"),
        ("a.npz", b"", "a.npz: Expected arrays x"),
        ("a.npz", content_of(x=X), "a.npz: Expected arrays x.*KeyError"),
        (
            "a.npz",
            content_of(x=X, y=Y[:1]),
            r"a.npz: .*\(2, 3, 1\), y int64 \(1,\)",
        ),
        ("a.npz", content_of(x=X[0], y=Y), r"a.npz: .*x float64 \(3,\)"),
        ("a.npz", content_of(x=X, y=Y[0]), r"a.npz: .*y int64 \(\)"),
        ("a.npz", content_of(x=X[:0], y=Y[:0]), "a.npz: .*"),
        ("a.npz", content_of(x=X.astype("U"), y=Y), "a.npz: .*x <U"),
        ("a.npz", content_of(x=X, y=Y, length=Y), "1 to 3 steps. Received: others in row 0"),
        ("a.npz", content_of(x=X, y=Y, length=X), r"a.npz: Expected whole numbers length"),
        ("a.npz", content_of(x=X, y=[0, np.inf]), "a finite number or a name for y.*inf"),
        ("a.npz", content_of(x=X, y=["a", " "]), "a finite number or a name for y.*row 1"),
        ("a.npz", content_of(x=np.zeros((2, 4)), y=Y), "a.npz: Expected up to 6 numbers"),
        ("a.npz", content_of(x=[[1, np.nan]], y=[0]), "1 to 2 steps. .* row 0"),
        ("a.txt", b"", "ends with .csv, .npy, .npz"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, name, content, message, monkeypatch):
    monkeypatch.setattr(sequence_files, "MOST_NUMBERS", 6)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        found(tmp_path / name)


def test_an_archive_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(sequence_files, "LARGEST_ARCHIVE", 100)
    np.savez_compressed(tmp_path / "a.npz", x=X, y=Y)
    with pytest.raises(ValueError, match="a.npz: .* bytes, more than 100"):
        found(tmp_path / "a.npz")


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match="a.csv, no such file"):
        found(tmp_path / "a.csv")


GOOD = content_of(x=X, y=Y)
PIECES = st.sampled_from([b"1,2\n", b",", b"\n", b"1e9", b"a", b'"', b"\xff", b"nan", b"-"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    content=st.one_of(
        st.binary(),
        st.lists(PIECES).map(b"".join),
        st.builds(
            lambda n, more: GOOD[:n] + more + GOOD[n + len(more) :],
            st.integers(0, len(GOOD)),
            st.binary(max_size=9),
        ),
    ),
    ending=st.sampled_from([".csv", ".npy", ".npz"]),
)
def test_whatever_a_file_has_is_sequences_or_one_line(content, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(content)
        try:
            sequences = list(read_sequences(str(path)))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
            assert "Expected" in str(error)
        else:
            assert all(np.isfinite(steps).all() and len(steps) for steps, _ in sequences)
