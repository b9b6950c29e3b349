"""Files and folders that appear whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def whole_file(path):
    """Yield a path to write to; if all went well it becomes `path`, in one step.

    The path yielded is in the same folder and has the same ending. When writing fails,
    or the process dies, an earlier file at `path` is as it was.

    Raises:
        OSError: The folder cannot be written to, or the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        beside = Path(folder) / path.name
        yield beside
        _flush(beside)
        beside.replace(path)


@contextlib.contextmanager
def whole_folder(path):
    """Yield a folder to fill; if all went well it becomes `path`, replacing what was.

    Raises:
        OSError: The folder cannot be written to, or the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        beside = Path(folder) / "new"
        beside.mkdir()
        yield beside
        for file in beside.rglob("*"):
            if file.is_file():
                _flush(file)
        if path.exists():
            path.replace(Path(folder) / "old")
        beside.replace(path)


def write_text(path, text):
    """Write a text file whole or not at all."""
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8")


def _flush(path):
    if path.is_dir():
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
