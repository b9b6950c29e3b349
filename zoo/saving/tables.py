"""Tables in Markdown, and numbers as a reader wants them."""


def table(header, rows):
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(figure, line))} |" for line in lines)


def figure(value):
    """A number as a reader wants it: few digits, and 0 where it is 0."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
