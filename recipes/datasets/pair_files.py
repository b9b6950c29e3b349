"""Pairs of a text and what it is to become, out of a user's own file."""

from collections.abc import Iterator

from ...zoo.text.plain import END, START
from .text_rows import read_rows

COLUMNS = "source", "target"
Pair = tuple[str, str]


def read_pairs(path: str, format: str = "", longest: int = 200) -> Iterator[Pair]:
    """The pairs of source and target in a file; see `text_rows.read_rows`.

    Raises:
        ValueError: As of `read_rows`; or a text has more characters than `longest`, or a
            target a tab or several lines.
    """
    for where, (source, target) in read_rows(path, COLUMNS, format):
        size = max(len(source), len(target))
        if size > longest:
            raise ValueError(
                f"{where}: Expected source and target of up to {longest} characters. "
                f"Received: {size}; the field longest sets it"
            )
        if START in target or END in target:
            raise ValueError(
                f"{where}: Expected a target without tabs and ends of lines. Received: "
                f"{target[:80]!r}"
            )
        yield source, target
