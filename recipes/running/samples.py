"""What a report quotes of the user's own data."""

from collections.abc import Iterable

LONGEST = 60  # characters of a part
MOST = 20  # rows, and numbers of a row


def quoted(text: str) -> str:
    """The beginning of a text, in one line and in quotes."""
    line = " ".join(text[: 4 * LONGEST].split())
    return repr(line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…")


def as_typed(rows: Iterable[Iterable[float]]) -> str:
    """The first rows of numbers, as a question has them: `1,2 3,4`."""
    parts = (",".join(f"{x:.6g}" for x in row[:MOST]) for row in rows[:MOST])
    line = " ".join(parts)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
