"""Texts come back character by character, in the order in which they were written."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import characters as shared
from keras_memory.recipes.datasets import sources
from keras_memory.recipes.datasets.characters import characters
from keras_memory.recipes.datasets.penn_treebank_characters import (
    penn_treebank_characters_dataset_builder as treebank,
)
from keras_memory.recipes.datasets.text8 import text8_dataset_builder as text8

SIZES = {"train": 40, "validation": 7, "test": 8}
TEXT = " anarchism originated as a term of abuse first used against"[:55]
# The published files, where they are; a fresh machine does not have them.
PREPARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The user's, and pieces of ten characters."""
    manual = tmp_path / "manual"
    manual.mkdir()
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(manual))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(shared, "PIECE", 10)
    monkeypatch.setattr(text8, "SIZES", SIZES)
    return manual


def read(builder, split):
    return "".join(builder.alphabet[number] for number in characters(builder, split))


def write_treebank(folder, **changed):
    texts = {"train": " no it <unk> \n N 's \n", "valid": " a \n", "test": " \\/ \n"}
    (folder / "ptb").mkdir()
    for name, text in {**texts, **changed}.items():
        (folder / "ptb" / f"ptb.{name}.txt").write_text(text)


def test_a_line_feed_ends_a_sentence(folder):
    write_treebank(folder)
    assert read(treebank.Builder, "train") == "no it <unk>\nN 's\n"
    assert read(treebank.Builder, "validation") == "a\n"
    assert read(treebank.Builder, "test") == "\\/\n"


def test_numbers_are_places_in_the_alphabet(folder):
    write_treebank(folder, valid=" az09 \n")
    numbers = characters(treebank.Builder, "validation")
    assert numbers.dtype == "uint8"
    assert numbers.tolist() == [24, 49, 10, 19, 0]
    assert len(set(treebank.Builder.alphabet)) == 50
    assert len(set(text8.Builder.alphabet)) == 27


def test_a_missing_file_is_named(folder):
    write_treebank(folder)
    (folder / "ptb" / "ptb.test.txt").unlink()
    with pytest.raises(
        FileNotFoundError, match="Expected ptb.train.txt.*without ptb.test.txt"
    ):
        characters(treebank.Builder, "train")


def test_strange_characters_are_named(folder):
    write_treebank(folder, valid=" A! \n")
    with pytest.raises(
        ValueError, match="ptb.valid.txt:1: Expected none but.* Received: b'A!'"
    ):
        characters(treebank.Builder, "train")


def _file(path):
    path.write_text(TEXT)


def _archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("text8", TEXT)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("text8", _file),
        ("text8.zip", _archive),
        ("text8/text8", _file),
        ("text8/text8.zip", _archive),
    ],
)
def test_a_text_is_cut_in_three(name, write, folder):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    write(path)
    assert [read(text8.Builder, split) for split in SIZES] == [
        TEXT[:40],
        TEXT[40:47],
        TEXT[47:],
    ]


def test_a_text_of_another_length_is_refused(folder):
    (folder / "text8").write_text(TEXT[1:])
    with pytest.raises(ValueError, match="text8: Expected 55 characters. Received: 54"):
        characters(text8.Builder, "train")


def test_an_archive_of_something_else_is_refused(folder):
    with zipfile.ZipFile(folder / "text8.zip", "w") as archive:
        archive.writestr("enwik8", TEXT)
    with pytest.raises(
        ValueError, match=r"zip: Expected a zip archive with a file text8.*KeyError"
    ):
        characters(text8.Builder, "train")


def test_without_a_file_it_is_downloaded(monkeypatch, folder, tmp_path):
    def download(self, url):
        assert url == text8.URL
        _archive(tmp_path / "downloaded")
        return tmp_path / "downloaded"

    monkeypatch.setattr(sources.urllib.request, "getproxies", lambda: {"http": "a proxy"})
    monkeypatch.setattr(tfds.download.DownloadManager, "download", download)
    assert read(text8.Builder, "validation") == TEXT[40:47]


def test_without_file_and_network_it_says_what_to_do(monkeypatch, folder):
    def unreachable(*arguments):
        raise OSError("Name or service not known")

    monkeypatch.setattr(sources.urllib.request, "getproxies", dict)
    monkeypatch.setattr(sources.socket, "getaddrinfo", unreachable)
    with pytest.raises(OSError, match="text8.zip in --manual-dir .*network to download http"):
        characters(text8.Builder, "train")


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs the Penn Treebank in {PREPARED}")
def test_the_published_treebank(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(PREPARED))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    sizes = {"train": 5_017_482, "validation": 393_042, "test": 442_423}
    splits = {split: characters(treebank.Builder, split) for split in sizes}
    assert {split: len(numbers) for split, numbers in splits.items()} == sizes
    np.testing.assert_array_equal(np.unique(splits["train"]), np.arange(50))
