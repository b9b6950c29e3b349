"""Documents in a file, or in a folder with a folder for each class."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets import document_files
from keras_memory.recipes.datasets.document_files import read_documents


def folder_of(path, files):
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_a_file_and_a_folder_have_the_same_documents(tmp_path):
    folder = folder_of(
        tmp_path / "mails",
        {"work/1.txt": "See you.\n", "work/2.txt": "\ufeffAt ten.", "spam/a.txt": "Buy!"},
    )
    found = [("Buy!", "spam"), ("See you.", "work"), ("At ten.", "work")]
    assert list(read_documents(folder)) == found
    path = tmp_path / "mails.csv"
    path.write_text("label,text\n" + "".join(f"{label},{text}\n" for text, label in found))
    assert list(read_documents(path)) == found


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"1.txt": "a"}, "mails: Expected a folder for each class. Received: none"),
        ({"a/1.md": "a"}, "a: Expected documents, files .txt. Received: none"),
        ({"a/1.txt": "a", "a/2.txt": b"\xff"}, "2.txt: Expected text in UTF-8. Received: b"),
        ({"a/1.txt": " \n"}, "1.txt: Expected a text. Received: none"),
        ({"a/1.txt/b": "a"}, "1.txt: Expected a file. Received: a folder"),
        ({"a/1.txt": "abcd", "a/2.txt": "abcd"}, "2.txt: Expected up to 3 bytes"),
    ],
)
def test_a_fault_names_the_file(tmp_path, files, message, monkeypatch):
    monkeypatch.setattr(document_files, "LARGEST_TEXT", 7)
    with pytest.raises(ValueError, match=message):
        list(read_documents(folder_of(tmp_path / "mails", files)))


@settings(max_examples=40, deadline=None)
@given(content=st.one_of(st.text(), st.binary()))
def test_whatever_a_file_has_is_a_document_or_one_line(content):
    with tempfile.TemporaryDirectory() as path:
        folder = folder_of(Path(path), {"a/1.txt": content})
        try:
            ((text, label),) = read_documents(folder)
        except ValueError as error:
            assert str(error).startswith(folder)
            assert "\n" not in str(error)
        else:
            assert text
            assert label == "a"
