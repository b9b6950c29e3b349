"""Presets on the Hub of Hugging Face: their addresses, and what its client fetches.

The client is imported when it is used; it is of the extra `hub`.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

PREFIX = "hf://"
FORM = re.compile(r"hf://(?P<repository>[\w.-]+/[\w.-]+)(@(?P<revision>[\w.-]+(/[\w.-]+)*))?")


class Address(NamedTuple):
    """Where a preset is on the Hub: `hf://user/name`, or `hf://user/name@revision`.

    Attributes:
        repository: `user/name`.
        revision: A branch, a tag or a commit; `None` for the newest state.
    """

    repository: str
    revision: str | None

    @classmethod
    def of(cls, text: object) -> "Address":
        """The parts of an address.

        Raises:
            ValueError: It has no user, no name, or more than these and a revision.
        """
        found = FORM.fullmatch(str(text))
        if found is None or ".." in str(text):
            raise ValueError(
                f"Expected hf://user/name, or hf://user/name@revision. Received: {text!r}"
            )
        return cls(found["repository"], found["revision"])


def is_address(name: object) -> bool:
    """Whether it is on the Hub that a preset is to be found."""
    return str(name).startswith(PREFIX)


def fetch(address: str, files: Sequence[str]) -> Path:
    """A folder with these files of a repository, out of the cache of the client if it can.

    Raises:
        ValueError: The address is not one, there is no such repository or revision, it lacks
            one of the files, or nothing answers and the cache does not have it.
        ImportError: The client is not installed.
    """
    repository, revision = Address.of(address)
    hub = client()
    with one_line(f"Expected a preset at {address}"):
        folder = Path(
            hub.snapshot_download(repository, revision=revision, allow_patterns=list(files))
        )
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise ValueError(f"Expected a preset at {address}. Received: no {missing[0]} in it")
    return folder


def client() -> ModuleType:
    """The client of the Hub.

    Raises:
        ImportError: It is not installed.
    """
    try:
        import huggingface_hub
    except ImportError:
        raise ImportError(
            "Expected the client of the Hub: pip install keras-memory[hub]"
        ) from None
    return huggingface_hub


@contextlib.contextmanager
def one_line(expected: str) -> Iterator[None]:
    """Whatever the client raises is a `ValueError` in one line."""
    try:
        yield
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = f"{type(error).__name__}: {' '.join(lines)[:200]}"
        raise ValueError(f"{expected}. Received: {reason}") from None
