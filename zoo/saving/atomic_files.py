"""Files and folders that appear whole or not at all."""

import contextlib
import fcntl
import json
import math
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What is half written is in a folder of this name, the file's, and a random ending.
WRITING = re.compile(r"\.writing-(.+?)(\.[0-9a-f]{8})?")
LOCK, OLD = ".lock", ".old"
ATTEMPTS = 100  # to begin a file that others begin, too


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path to write to; if all went well it becomes `path`, in one step.

    The path yielded is in the same folder and has the same ending. When writing fails,
    or the process dies, an earlier file at `path` is as it was. Of several processes that
    write the same file, the last one wins.

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
def whole_folder(path: str | os.PathLike[str], mark: str) -> Iterator[Path]:
    """Yield a folder to fill; if all went well it becomes `path`, replacing what was.

    Args:
        path: The folder: new, empty, or an earlier one of its kind.
        mark: The file by which folders of its kind are recognised.

    Raises:
        ValueError: There is a folder of another kind, which is left as it is.
        OSError: The folder cannot be written to, or the disk is full.
    """
    path = Path(path)
    if path.exists() and not (path.is_dir() and _is_to_replace(path, mark)):
        raise ValueError(
            f"Expected a new folder, or one with {mark} to replace. Received: {path}, "
            "which holds other files"
        )
    with _folder_beside(path) as beside:
        new = beside / path.name
        new.mkdir()
        yield new
        _flush(new)
        if path.exists():
            path.replace(beside / OLD)
        new.replace(path)  # stopped before it, the old one is put back


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file whole or not at all."""
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8")


def read_json(path: str | os.PathLike[str]) -> Any:
    """What is in a JSON file.

    Raises:
        ValueError: It cannot be read, or is not JSON.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"Expected JSON in {path}. Received: {error}") from None


def json_text(value: Any, **options: Any) -> str:
    """JSON of a value; numbers that are not finite, which JSON does not have, are `null`."""

    def strict(part):
        if isinstance(part, dict):
            return {name: strict(value) for name, value in part.items()}
        if isinstance(part, (list, tuple)):
            return [strict(value) for value in part]
        return None if isinstance(part, float) and not math.isfinite(part) else part

    return json.dumps(strict(value), allow_nan=False, **options)


def discard_half_written(folder: str | os.PathLike[str], name: str | None = None) -> None:
    """Remove what writers that were killed left in a folder; of one file, or of all.

    A folder that was moved aside to be replaced comes back.
    """
    for entry in Path(folder).glob(".writing-*"):
        found = WRITING.fullmatch(entry.name)
        if not found or name not in (None, found[1]):
            continue
        with contextlib.suppress(InUseError, OSError), locked(entry) as is_locked:
            if is_locked:
                _discard(entry, Path(folder) / found[1])


class InUseError(ValueError):
    """A folder is locked by another process, or by another thread of this one."""


@contextlib.contextmanager
def locked(folder: str | os.PathLike[str]) -> Iterator[bool]:
    """Nobody else locks the folder meanwhile; the lock of a process ends with it.

    Yields whether it is locked: `False` on a file system without locks.

    Raises:
        InUseError: Somebody else has locked it.
        OSError: There is no such folder, or it cannot be written to.
    """
    path = Path(folder) / LOCK
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is_at(path, file):
                raise FileNotFoundError  # its owner has removed it since it was opened
            is_locked = True
        except (BlockingIOError, FileNotFoundError):
            raise InUseError(
                f"Expected a folder that nobody else writes to. Received: {folder}, which "
                "is in use by another process"
            ) from None
        except OSError:
            is_locked = False
        try:
            yield is_locked
        finally:
            if _is_at(path, file):  # and not another's, in a folder that was emptied
                path.unlink()


def _is_at(path, file):
    """Whether an open file is the one of that path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _is_to_replace(path, mark):
    return (path / mark).exists() or not any(path.iterdir())


@contextlib.contextmanager
def _folder_beside(path):
    """A folder to write in, gone afterwards; so is what a killed writer left in another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    discard_half_written(path.parent, path.name)
    with contextlib.ExitStack() as lock:
        folder = _new_folder(path, lock)
        try:
            yield folder
        finally:
            _discard(folder, path)


def _new_folder(path, lock):
    """A new folder beside a path, locked until `lock` ends.

    Before it is locked, another writer may take it for that of a killed one and remove it.
    """
    for left in reversed(range(ATTEMPTS)):
        folder = path.with_name(f".writing-{path.name}.{secrets.token_hex(4)}")
        folder.mkdir()
        try:
            lock.enter_context(locked(folder))
            return folder
        except (InUseError, FileNotFoundError):
            if not left:
                raise


def _discard(folder, path):
    """Remove a folder that was written in; what it was to replace is put back if need be."""
    if (folder / OLD).exists() and not path.exists():
        (folder / OLD).replace(path)
    shutil.rmtree(folder, ignore_errors=True)


def _flush(path):
    """What was written, a file or all of a folder, is on the disk before it is renamed."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb") as written:
                os.fsync(written.fileno())
