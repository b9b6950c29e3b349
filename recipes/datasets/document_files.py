"""Documents and their classes, out of a user's own file or folder."""

from collections.abc import Iterator
from pathlib import Path

from ...zoo.text.plain import composed
from .reading import LARGEST_TEXT, open_file
from .text_rows import read_rows

COLUMNS = "text", "label"
Document = tuple[str, str]


def read_documents(path: str, format: str = "") -> Iterator[Document]:
    """Texts and the names of their classes.

    Args:
        path: A file of rows of `text` and `label`, see `text_rows.read_rows`; or a folder
            with a folder for each class, by its name, of files `.txt`, a document each.
        format: Of a file.

    Raises:
        ValueError: As of `read_rows`; or a folder has no classes, a class no files, or a
            file no text in UTF-8.
    """
    if Path(path).is_dir():
        yield from _of_folder(Path(path))
    else:
        for _, (text, label) in read_rows(path, COLUMNS, format):
            yield text, label


def _of_folder(path):
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir())
    if not folders:
        raise ValueError(f"{path}: Expected a folder for each class. Received: none")
    room = LARGEST_TEXT
    for folder in folders:
        files = sorted(folder.glob("*.txt"))
        if not files:
            raise ValueError(f"{folder}: Expected documents, files .txt. Received: none")
        for file in files:
            with open_file(file, room) as opened:
                content = opened.read()
            room -= len(content)
            try:
                text = composed(content.decode("utf-8-sig").strip())
            except UnicodeDecodeError:
                raise ValueError(
                    f"{file}: Expected text in UTF-8. Received: {content[:40]!r}"
                ) from None
            if not text:
                raise ValueError(f"{file}: Expected a text. Received: none")
            yield text, folder.name
