"""Tables in Markdown, and numbers in few digits."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(number_text, line))} |" for line in lines)


def number_text(value: object) -> str:
    """A number in at most four digits; anything else as it is."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
