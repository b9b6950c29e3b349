"""Text that hides nothing and is not cut: labels that wrap, and legends above the axes."""

import textwrap
from collections.abc import Iterable

from matplotlib.axes import Axes

# Characters to an inch, at the sizes "medium" and "small".
MEDIUM, SMALL = 12, 14
LINE = 0.18  # inches of a line of small text
HANDLE = 5  # characters that the handle of a legend's entry takes


def wrapped(label: str, inches: float) -> str:
    """A label in as many lines as it takes beside an axis of this length."""
    return textwrap.fill(label, max(8, int(MEDIUM * inches)))


def lines(labels: Iterable[str], inches: float) -> int:
    """How many lines the longest of these labels takes, wrapped."""
    return max((wrapped(label, inches).count("\n") + 1 for label in labels), default=0)


def shortened(text: str, characters: int) -> str:
    """A text that is not longer than this; its end is left out."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


def legend_above(axis: Axes) -> None:
    """The legend of an axis above it, and the figure as much taller."""
    handles, labels = axis.get_legend_handles_labels()
    if not labels:
        return
    figure = axis.get_figure()
    width, height = figure.get_size_inches()
    in_a_row = int(SMALL * (width - 1))  # beside the labels of the axis
    labels = [textwrap.fill(label, in_a_row - HANDLE) for label in labels]
    longest = max(len(line) for label in labels for line in label.splitlines())
    columns = min(len(labels), max(1, in_a_row // (longest + HANDLE)))
    rows = -(-len(labels) // columns)
    lines = rows * max(label.count("\n") + 1 for label in labels)
    figure.set_size_inches(width, height + LINE * (lines + 1))
    axis.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        fontsize="small",
        frameon=False,
    )
