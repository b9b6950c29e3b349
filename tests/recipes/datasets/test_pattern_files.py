"""Patterns of a user: images, arrays, rows; and faults that name file and line."""

import builtins
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from keras_memory.recipes.datasets import pattern_files
from keras_memory.recipes.datasets.pattern_files import read_patterns


def content_of(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def test_an_array_and_rows_have_the_same_patterns(tmp_path):
    patterns = np.array([[1, 2.5], [-3, 0]], "float32")
    np.save(tmp_path / "a.npy", patterns.astype("float64"))
    (tmp_path / "a.csv").write_text("1,2.5\n-3, 0\n")
    (tmp_path / "named.csv").write_text("height,width\n1,2.5\n-3,0\n")
    for name in ("a.npy", "a.csv", "named.csv"):
        found = read_patterns(str(tmp_path / name))
        np.testing.assert_array_equal(found, patterns)
        assert found.dtype == "float32"


def test_images_are_grey_squares_in_the_order_of_their_names(tmp_path):
    for name, colour in (("b.png", (255, 255, 255)), ("a.JPG", (0, 0, 0))):
        Image.new("RGB", (30, 10), colour).save(tmp_path / name)
    (tmp_path / "notes.md").write_text("not an image")
    found = read_patterns(str(tmp_path), side=4)
    assert found.shape == (2, 4, 4)
    np.testing.assert_array_equal(found.mean(axis=(1, 2)), [0, 1])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"1,2\n3\n", "a.csv:2: Expected 2 numbers, as before. Received: 1"),
        ("a.csv", b"1,2\n3,x\n", "a.csv:2: Expected numbers. Received: '3, x'"),
        ("a.csv", b"1,inf\n", "a.csv:1: Expected numbers"),
        ("a.csv", b"1,\n", "a.csv:1: Expected numbers"),
        ("a.csv", b"1_0,2\n", "a.csv:1: Expected numbers"),
        ("a.csv", "١,2\n".encode(), "a.csv:1: Expected numbers"),
        ("a.csv", b'1,2\n1,"2', "a.csv:2: Expected CSV"),
        ("a.csv", b"1,2\n\n3,4", "a.csv:2: Expected numbers"),
        ("a.csv", b"height,width\n", "a.csv: Expected rows of numbers. Received: none"),
        ("a.csv", b"", "a.csv: Expected rows of numbers. Received: none"),
        ("a.csv", b"1,2\n" * 5, "a.csv:5: Expected up to 8 numbers"),
        ("a.npy", b"1,2", "a.npy: Expected an array of NumPy"),
        ("a.npy", content_of(np.zeros((3, 3))), "a.npy: Expected up to 8 numbers"),
        ("a.npy", content_of(np.zeros(3)), r"numbers along two axes or more.*\(3,\)"),
        ("a.npy", content_of(np.zeros((0, 3))), "Expected numbers"),
        ("a.npy", content_of(np.array([["a"]])), "Expected numbers.*U1"),
        ("a.npy", content_of(np.array([[{}]]), allow_pickle=True), "an array of NumPy"),
        ("a.npy", content_of(np.zeros((2, 2)))[:-1], "an array of NumPy"),
        ("a.npy", content_of(np.array([[0, 1], [1, np.nan]])), "finite .* in row 1"),
        ("a.npy", content_of(np.array([[1e300]])), "finite .* in row 0"),
        ("a.txt", b"", "a folder of images, or a file that ends with .csv, .npy"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, name, content, message, monkeypatch):
    monkeypatch.setattr(pattern_files, "MOST_NUMBERS", 8)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_patterns(str(tmp_path / name))


def test_faults_of_folders_and_of_no_file(tmp_path):
    with pytest.raises(ValueError, match="Expected images .*Received: none"):
        read_patterns(str(tmp_path))
    with pytest.raises(ValueError, match="a.npy, no such file"):
        read_patterns(str(tmp_path / "a.npy"))
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(ValueError, match="a.png: Expected an image. Received: Unidentified"):
        read_patterns(str(tmp_path))


def test_without_pillow(tmp_path, monkeypatch):
    real = builtins.__import__

    def imported(name, *args, **kwargs):
        if name == "PIL":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    Image.new("L", (2, 2)).save(tmp_path / "a.png")
    monkeypatch.setattr(builtins, "__import__", imported)
    with pytest.raises(ImportError, match="Expected Pillow, .*pip install pillow"):
        read_patterns(str(tmp_path))


GOOD = content_of(np.arange(6.0).reshape(2, 3))
PIECES = st.sampled_from([*(bytes([byte]) for byte in GOOD), b"1,2\n", b",", b"\n", b"1e9"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    content=st.one_of(
        st.binary(),
        st.text().map(str.encode),
        st.lists(PIECES).map(b"".join),
        st.builds(lambda n, more: GOOD[:n] + more, st.integers(0, len(GOOD)), st.binary()),
    ),
    ending=st.sampled_from([".csv", ".npy", ".png"]),
)
def test_whatever_a_file_has_is_patterns_or_one_line(content, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(content)
        try:
            found = read_patterns(folder if ending == ".png" else str(path))
        except ValueError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
            assert "Expected" in str(error)
        else:
            assert np.isfinite(found).all()
            assert found.ndim >= 2
