"""The answers of pointer networks, and how good they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .text import legend_above, wrapped


def pointer_predictions(
    examples: Sequence[tuple[ArrayLike, Any, Any]], titles: Sequence[str] | None = None
) -> Figure:
    """Points with the lines between them that a network predicts, and those of the target.

    Each panel is as large as its points take, whatever their unit.

    Args:
        examples: For each panel `(points, predicted, target)`: points, shape `(n, 2)`; and
            two lists of closed lines, each a list of indices from 0.
        titles: What to write above each panel.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> square = [[0, 0], [1, 0], [1, 1], [0, 1]]
    >>> figure = pointer_predictions([(square, [[0, 1, 3, 2]], [[0, 1, 2, 3]])])
    """
    columns = min(3, len(examples))
    rows = -(-len(examples) // columns)
    figure = Figure(figsize=(3.2 * columns, 3.3 * rows + 0.4), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(examples) :]:
        axis.axis("off")
    for axis, (points, predicted, target) in zip(axes, examples, strict=False):
        points = np.asarray(points, "float64")
        for lines, style, name in (
            (target, {"color": "C1", "lw": 4, "alpha": 0.5}, "target"),
            (predicted, {"color": "C0", "lw": 1.4}, "this model"),
        ):
            for i, line in enumerate(lines):
                corners = points[[*line, *line[:1]]]
                axis.plot(*corners.T, label=None if i else name, **style)
        axis.plot(*points.T, "o", color="black", markersize=4)
        for number, (x, y) in enumerate(points, start=1):
            offset = {"textcoords": "offset points", "xytext": (3, 3)}
            axis.annotate(str(number), (x, y), fontsize="x-small", **offset)
        low, high = points.min(axis=0), points.max(axis=0)
        half = 0.56 * ((high - low).max() or 1)  # of a square that holds them, and a margin
        (left, bottom), (right, top) = (low + high) / 2 - half, (low + high) / 2 + half
        axis.set(aspect="equal", xticks=[], yticks=[])
        axis.set(xlim=(left, right), ylim=(bottom, top))
    for axis, title in zip(axes, titles or [], strict=False):
        axis.set_title(wrapped(title, inches=3), fontsize="small")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def length_against_gap(
    lengths: Mapping[str, ArrayLike], optima: Mapping[str, ArrayLike]
) -> Figure:
    """How much longer than the shortest tour each tour is, against its length, a dot a tour.

    Args:
        lengths: Lengths of tours, by the label of their group.
        optima: Lengths of the shortest tours, by the same labels.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> figure = length_against_gap({"10 cities": [3.0, 3.2]}, {"10 cities": [2.9, 3.2]})
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for name, found in lengths.items():
        best = np.asarray(optima[name])
        axis.plot(best, 100 * (np.asarray(found) / best - 1), ".", markersize=3, label=name)
    axis.set(xlabel="length of the shortest tour", ylabel="longer, in percent")
    axis.grid(alpha=0.3)
    legend_above(axis)
    return figure
