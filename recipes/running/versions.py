"""Folders of versions, as model servers watch them: `NAME/1`, `NAME/2`, …"""

import contextlib
import operator
from collections.abc import Iterator
from pathlib import Path

from ...zoo.saving.atomic_files import whole_file


@contextlib.contextmanager
def new_version(model: Path, version: int) -> Iterator[Path]:
    """Yield a folder to fill; if all went well it becomes `model/version`, in one step.

    A server that watches `model` finds it whole or not at all. A version that is there stays
    as it is, also one that another process wrote meanwhile.

    Raises:
        ValueError: The version is not a number from 1 on, is there already, or `model` is a
            model itself.
        OSError: The folder cannot be written to, or the disk is full.
    """
    if operator.index(version) < 1:
        raise ValueError(f"Expected a version from 1 on. Received: {version}")
    if model.is_file() or (model / "saved_model.pb").exists():
        raise ValueError(
            f"Expected a folder of versions, or a new one. Received: {model}, a model itself"
        )
    if version in (written := versions(model)):
        raise ValueError(
            f"Expected a version that {model} does not have, as {max(written) + 1}. "
            f"Received: {version}"
        )
    with whole_file(model / str(version)) as beside:
        beside.mkdir()
        yield beside


def versions(model: Path) -> list[int]:
    """The versions of a model that are there, in order."""
    if not model.is_dir():
        return []
    names = [entry.name for entry in model.iterdir() if entry.is_dir()]
    return sorted(int(name) for name in names if name.isdecimal())
