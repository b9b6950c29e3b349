"""A reader reads whatever is in a file, or says in one line what is wrong, and where."""

import io
import os
import tarfile
import zipfile

import numpy as np
import PIL.Image
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets import matlab, pointing, reading
from keras_memory.recipes.datasets.animal_images.animal_images_dataset_builder import (
    read_bags,
)
from keras_memory.recipes.datasets.babi import babi_dataset_builder as babi
from keras_memory.recipes.datasets.cifar10_jpeg.cifar10_jpeg_dataset_builder import (
    read_images,
)
from keras_memory.recipes.datasets.penn_treebank.penn_treebank_dataset_builder import (
    read_sentences,
)
from keras_memory.recipes.datasets.pointing import read_pointers
from keras_memory.recipes.datasets.text8 import text8_dataset_builder as text8

TEXT = b"anarchism originated as a term of abuse"
STORY = (
    b"1 Anna left.\n2 Paul got it.\n3 Who left? \tAnna\t1\n1 Paul left.\n2 Who? \tPaul\t1\n"
)
POINTS = b"0.1 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1\n0 0 1 0 1 1 0 1 output 1 2 3 4 1\n"


def mat(do_compression=False, rows=6, **changed):
    bags = np.repeat([7, 2], [rows // 2, rows - rows // 2])
    data = np.random.default_rng(0).normal(size=(rows, 230)).round(1)
    parts = {"data": data, "nlab": 1 + bags % 2, "ident": {"milbag": bags}, **changed}
    file = io.BytesIO()
    scipy.io.savemat(file, {"y": [1], "x": parts}, do_compression=do_compression)
    return file.getvalue()


def jpeg(size=(32, 32), mode="RGB", kind="JPEG"):
    file = io.BytesIO()
    PIL.Image.new(mode, size, 90).save(file, kind)
    return file.getvalue()


def tar(members=None, mode="w:gz"):
    """An archive of a bird and a cat, or of contents by name, or of the types of members."""
    file = io.BytesIO()
    members = members or [("train/bird/1.jpg", jpeg()), ("train/cat/1.jpg", jpeg())]
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if len(content) == 1:  # a type
                member.type, member.linkname = content, "train/cat/1.jpg"
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def zipped(name="text8", content=TEXT):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture(scope="module", autouse=True)
def short_text():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text8, "SIZES", {"train": len(TEXT)})
        yield


def read_train(path):
    return list(read_images(path, "train"))


# A reader, and files that it reads.
READERS = {
    "animal_images": (lambda path: list(read_bags(path)), [mat(), mat(do_compression=True)]),
    "babi": (lambda path: list(babi.read_questions(path)), [STORY]),
    "cifar10_jpeg": (read_train, [tar(), tar(mode="w")]),
    "penn_treebank": (lambda path: list(read_sentences(path)), [b" no it <unk> \n N 's \n"]),
    "pointing": (read_pointers, [POINTS]),
    "text8": (text8.read_text, [TEXT, zipped()]),
}


@st.composite
def damaged(draw, valid):
    """A file with bytes changed, cut, put in or doubled, in up to three places."""
    data = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(start + 16, len(data))))
        other = draw(st.sampled_from([b"", data[start:end] * 2, None]))
        data[start:end] = draw(st.binary(max_size=8)) if other is None else other
    return bytes(data)


@pytest.mark.parametrize("name", READERS)
def test_damaged_files(name, tmp_path_factory):
    read, valid = READERS[name]
    path = tmp_path_factory.mktemp("hostile") / "file"

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.one_of(damaged(valid), st.binary(max_size=64)))
    def check(data):
        path.write_bytes(data)
        try:
            read(path)
        except ValueError as error:
            message = str(error)
            assert message.startswith(str(path)) or f" in {path}" in message
            assert "Expected " in message
            assert "Received: " in message
            assert "\n" not in message
            assert len(message) < 600

    for data in valid:
        path.write_bytes(data)
        assert read(path)
    check()


@pytest.mark.parametrize("name", READERS)
def test_what_is_not_a_file(name, tmp_path):
    read, _ = READERS[name]
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    for path, kind in (
        ("/dev/zero", "a device"),
        (tmp_path / "pipe", "a pipe"),
        (tmp_path / "folder", "a folder"),
        (tmp_path / "empty", ""),
    ):
        with pytest.raises(ValueError, match=f"{path}.*Expected .*Received: .*{kind}"):
            read(path)
    with pytest.raises(FileNotFoundError, match="missing"):
        read(tmp_path / "missing")


def test_a_mark_of_the_byte_order_and_blank_lines_at_the_end(tmp_path):
    path = tmp_path / "file"
    for name in ("babi", "pointing", "penn_treebank"):
        read, (valid, *_) = READERS[name]
        path.write_bytes(valid)
        expected = read(path)
        path.write_bytes(b"\xef\xbb\xbf" + valid.replace(b"\n", b"\r\n") + b"\n \r\n\n")
        np.testing.assert_equal(read(path), expected)
        path.write_bytes(b"\n" + valid)
        if name != "penn_treebank":
            with pytest.raises(ValueError, match="file:1: Expected"):
                read(path)


@pytest.mark.parametrize(
    ("name", "content", "row"),
    [
        ("babi", STORY + b"3 K\xfcche.\n", 6),
        ("babi", STORY + b"9" * 5000 + b" Anna left.\n", 6),
        ("babi", STORY + b"3 Who? \tAnna\t" + b"9" * 5000 + b"\n", 6),
        ("penn_treebank", b"a\n\xff\n", 2),
        ("pointing", POINTS + b"0.1 0.2 0.3\xff", 3),
        ("pointing", POINTS + "0.1 0.2 0.9 0.2 output １ 2 １\n".encode(), 3),
        ("pointing", POINTS + b"1e30 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1\n", 3),
        ("pointing", POINTS + b"0 0 output " + b"9" * 5000 + b"\n", 3),
    ],
)
def test_the_line_is_named(name, content, row, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{path}:{row}: Expected .*Received: ") as error:
        READERS[name][0](path)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("name", ["babi", "penn_treebank", "pointing"])
def test_a_line_without_an_end(name, tmp_path):
    """A gigabyte of zeros, which takes no room on the disk, is not read to its end."""
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(reading.LARGEST_TEXT)
    with pytest.raises(ValueError, match=f"{path}:1: Expected a line of less than"):
        READERS[name][0](path)


def test_stories_and_points_that_would_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(babi, "LONGEST_STORIES", 30)
    monkeypatch.setattr(pointing, "LARGEST", 12)
    path = tmp_path / "file"
    for name, row, content in (("babi", 5, STORY), ("pointing", 2, POINTS)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"file:{row}: Expected up to (30|12)"):
            READERS[name][0](path)


BIRD = "train/bird/1.jpg"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (tar([(BIRD, tarfile.DIRTYPE)]), "Expected a file"),
        (tar([(BIRD, tarfile.SYMTYPE)]), "Expected a file"),
        (tar([(BIRD, tarfile.LNKTYPE)]), "Expected a file"),
        (tar([(BIRD, tarfile.CHRTYPE)]), "Expected a file"),
        (tar([(BIRD, tarfile.FIFOTYPE)]), "Expected a file"),
        (tar([(BIRD, jpeg())] * 2), "Expected a name of text, once"),
        (tar([("train/bird/\udcff.jpg", jpeg())]), "Expected a name of text, once"),
        (tar([("train/bird/a\nb.jpg", jpeg())]), "Expected a name of text, once"),
        (tar([(BIRD, jpeg((33, 32)))]), r"Received: ValueError: \(33, 32\), RGB"),
        (tar([(BIRD, jpeg(mode="L"))]), "Received: ValueError: .*, L"),
        (tar([(BIRD, jpeg(kind="PNG"))]), "Expected an image .*cannot identify"),
        (tar([(BIRD, jpeg()[:300])]), "Expected an image .*[Tt]runcated"),
        (tar([(BIRD, b"")]), "Expected an image"),
        (tar([(BIRD, bytes(1 << 17))]), "Expected up to 65,536 bytes. Received: 131,072"),
    ],
    # An archive has the time in it.
    ids=lambda value: value if isinstance(value, str) else "archive",
)
def test_members_of_an_archive_are_named(content, expected, tmp_path):
    path = tmp_path / "archive"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=expected) as error:
        read_train(path)
    assert str(error.value).startswith(f"{path}:'train/bird/")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_an_archive_that_is_cut_short(mode, tmp_path):
    """Anywhere, be it between two members."""
    path, whole = tmp_path / "archive", tar(mode=mode)
    last = len(whole) - 1 if mode == "w:gz" else tarfile.BLOCKSIZE * 6
    for end in (*range(3, last, 97), last):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match=f"{path}.*Expected "):
            read_train(path)


def test_a_damaged_header_is_not_the_end(tmp_path):
    whole, path = bytearray(tar(mode="w")), tmp_path / "archive"
    whole[whole.index(b"train/cat")] ^= 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="Expected a tar archive.*damaged"):
        read_train(path)


def test_an_archive_of_a_gigabyte(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_ARCHIVE", 1 << 16)
    path = tmp_path / "archive"
    path.write_bytes(tar([("more", bytes(1 << 20)), (BIRD, jpeg())]))
    with pytest.raises(ValueError, match="Received: ValueError: more than 65,536 bytes"):
        read_train(path)
    monkeypatch.setattr(reading, "MOST_MEMBERS", 1)
    path.write_bytes(tar())
    with pytest.raises(ValueError, match="Expected up to 1 members. Received: more"):
        read_train(path)


def test_a_zip_archive_is_read_no_further_than_the_text(tmp_path):
    path = tmp_path / "text8.zip"
    path.write_bytes(zipped(content=bytes(1 << 24)))
    with pytest.raises(ValueError, match="Expected 39 characters. Received: more"):
        text8.read_text(path)
    path.write_bytes(bytes(1 << 21))
    with pytest.raises(
        ValueError, match="Expected up to 1,048,615 bytes. Received: 2,097,152"
    ):
        text8.read_text(path)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"nlab": [1, 1, 1, 7, 1, 1]}, "a label that is not 1 or 2, in row 4"),
        ({"nlab": [1, 1, 1, np.nan, 1, 1]}, "a label that is not 1 or 2, in row 4"),
        ({"nlab": [2, 2, 1, 1, 1, 1]}, "a label that is not that of its bag, in row 3"),
        ({"data": np.full((6, 230), np.nan)}, "not a finite number .* in row 1"),
        ({"data": np.full((6, 230), 1e300)}, "not a finite number .* in row 1"),
        ({"ident": {"milbag": [1, 1, 1, 2, 2.5, 2]}}, "not a whole number .* in row 5"),
        ({"ident": {"milbag": [1, 1, 1, 2, 1e300, 2]}}, "not a whole number .* in row 5"),
        ({"data": np.zeros((6, 230), complex)}, "complex numbers"),
        ({"data": "text"}, "Received: "),
        (
            {"data": np.zeros((0, 230)), "nlab": [], "ident": {"milbag": []}},
            "0 labels, 0 bags",
        ),
    ],
)
def test_values_of_a_data_set(changed, expected, tmp_path):
    path = tmp_path / "fox.mat"
    path.write_bytes(mat(**changed))
    with pytest.raises(ValueError, match=f"{path}: Expected a data set of .*{expected}"):
        list(read_bags(path))


@pytest.mark.parametrize("do_compression", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int8", "uint16", "int64"])
def test_a_matlab_file_is_read_as_scipy_does(dtype, do_compression):
    data = np.arange(6 * 230).reshape(6, 230).astype(dtype)
    content = mat(do_compression, data=data)
    found = matlab.variable(content, "x")
    expected = scipy.io.loadmat(io.BytesIO(content), squeeze_me=True, struct_as_record=False)
    np.testing.assert_array_equal(found["data"], expected["x"].data)
    np.testing.assert_array_equal(np.ravel(found["nlab"]), expected["x"].nlab)
    np.testing.assert_array_equal(
        np.ravel(found["ident"]["milbag"]), expected["x"].ident.milbag
    )
    assert matlab.variable(content, "y").tolist() == [[1]]


def test_a_matlab_file_that_would_fill_the_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(matlab, "LARGEST", 1 << 10)
    path = tmp_path / "fox.mat"
    path.write_bytes(mat(do_compression=True))
    with pytest.raises(ValueError, match="more than 1,024 bytes"):
        list(read_bags(path))


def test_data_that_were_prepared_and_then_damaged(tmp_path, monkeypatch):
    from keras_memory.recipes.datasets import load
    from keras_memory.recipes.datasets.letter_pairs import Builder

    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    load(Builder, Builder.BUILDER_CONFIGS[0], "test")
    (file,) = tmp_path.rglob("*validation*tfrecord*")
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(
        ValueError, match="Expected data that TFDS prepared.*Received"
    ) as error:
        load(Builder, Builder.BUILDER_CONFIGS[0], "validation")
    assert "\n" not in str(error.value)
