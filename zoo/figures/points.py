"""Answers that point at points, and how good they are."""

import numpy as np
from matplotlib.figure import Figure


def pointed_out(examples, titles=None):
    """Points with the lines between those that a network points at, and the right ones.

    Args:
        examples: For each panel `(points, said, right)`: points, shape `(n, 2)`; and the
            lines of the network's answer and of the right one, lists of closed lines, each a
            list of places from 0.
        titles: What to write above each panel.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    columns = min(3, len(examples))
    rows = -(-len(examples) // columns)
    figure = Figure(figsize=(3.2 * columns, 3.3 * rows + 0.4), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(examples) :]:
        axis.axis("off")
    for axis, (points, said, right) in zip(axes, examples, strict=False):
        points = np.asarray(points, "float64")
        for lines, style, name in (
            (right, {"color": "C1", "lw": 4, "alpha": 0.5}, "right"),
            (said, {"color": "C0", "lw": 1.4}, "this model"),
        ):
            for i, line in enumerate(lines):
                corners = points[[*line, *line[:1]]]
                axis.plot(*corners.T, label=None if i else name, **style)
        axis.plot(*points.T, "o", color="black", markersize=4)
        for number, (x, y) in enumerate(points, start=1):
            place = {"textcoords": "offset points", "xytext": (3, 3)}
            axis.annotate(str(number), (x, y), fontsize="x-small", **place)
        low, high = np.minimum(points.min(axis=0), 0), np.maximum(points.max(axis=0), 1)
        margin = 0.06 * (high - low).max()
        (left, bottom), (right_, top) = low - margin, high + margin
        axis.set(aspect="equal", xticks=[], yticks=[])
        axis.set(xlim=(left, right_), ylim=(bottom, top))
    for axis, title in zip(axes, titles or [], strict=False):
        axis.set_title(title, fontsize="small")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def length_against_gap(lengths, optima):
    """How much longer than the shortest tours are, one dot a tour.

    Args:
        lengths: Of the tours, by what is written of them.
        optima: Of the shortest tours, by the same.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for name, found in lengths.items():
        best = np.asarray(optima[name])
        axis.plot(best, 100 * (found / best - 1), ".", markersize=3, label=name)
    axis.set(xlabel="length of the shortest tour", ylabel="longer, in percent")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    return figure
