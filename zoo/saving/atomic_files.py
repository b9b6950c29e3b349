"""Files and folders that appear whole or not at all."""

import contextlib
import json
import os
import shutil
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
    with _folder_beside(path) as beside:
        new = beside / path.name
        yield new
        _flush(new)
        new.replace(path)


@contextlib.contextmanager
def whole_folder(path, mark):
    """Yield a folder to fill; if all went well it becomes `path`, replacing what was.

    Args:
        path: The folder: new, empty, or an earlier one of its kind.
        mark: The file that tells folders of its kind from all others.

    Raises:
        ValueError: There is a folder of another kind, which is left as it is.
        OSError: The folder cannot be written to, or the disk is full.
    """
    path = Path(path)
    if path.exists() and any(path.iterdir()) and not (path / mark).exists():
        raise ValueError(
            f"Expected a new folder, or one with {mark} to replace. Received: {path}, "
            "which holds other files"
        )
    with _folder_beside(path) as beside:
        new, old = beside / path.name, beside / ".old"
        new.mkdir()
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                _flush(file)
        if path.exists():
            path.replace(old)
        try:
            new.replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise


def write_text(path, text):
    """Write a text file whole or not at all."""
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8")


def read_json(path):
    """What is in a JSON file.

    Raises:
        ValueError: It cannot be read, or is not JSON.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"Expected JSON in {path}. Received: {error}") from None


@contextlib.contextmanager
def _folder_beside(path):
    """A folder to write in, gone afterwards; so is what a killed writer left in it."""
    folder = path.with_name(f".writing-{path.name}")
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / ".old").exists() and not path.exists():
        (folder / ".old").replace(path)  # killed between the two renames
    shutil.rmtree(folder)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _flush(path):
    if path.is_dir():
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
