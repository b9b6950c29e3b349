"""Tables in Markdown, and numbers in few digits."""


def table(header, rows):
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(number_text, line))} |" for line in lines)


def number_text(value):
    """A number in at most four digits; anything else as it is."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
