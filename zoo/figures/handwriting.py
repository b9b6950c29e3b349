"""Pictures of handwriting, and of the window that moves along the letters of a text."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike


def handwriting(samples: Mapping[str, ArrayLike]) -> Figure:
    """What was written, one below the other.

    Args:
        samples: By a title, points `(points, 3)` as `HandwritingRNN.write` returns them: the
            way from the point before, and 1 where a stroke ends.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> stroke = [[0.0, 1.0, 0], [1.0, 0.0, 0], [0.0, -1.0, 1]]  # Δx, Δy, does it end?
    >>> figure = handwriting({"n": stroke})
    """
    figure = Figure(figsize=(8, 1.5 * len(samples)), layout="constrained")
    axes = figure.subplots(len(samples), 1, squeeze=False)[:, 0]
    for axis, (title, points) in zip(axes, samples.items(), strict=True):
        _strokes(axis, np.asarray(points, "float64"))
        axis.set_title(title, loc="left", fontsize="small")
    return figure


def writing_window(
    text: str,
    points: ArrayLike,
    letters: ArrayLike,
    weights: ArrayLike,
    positions: ArrayLike,
) -> Figure:
    """What was written, coloured by letter; and the window on the letters at each point.

    Args:
        text: What was to be written.
        points: Shape `(points, 3)`, as `HandwritingRNN.write` returns them.
        letters: The number of the letter of each point, `(points,)`.
        weights: Of the window, `(points, characters + 1)`.
        positions: κ, `(points, num_windows)`.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> points = [[0.0, 1.0, 0], [1.0, 0.0, 0], [0.0, -1.0, 1]]
    >>> weights, positions = [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8]], [[0.1], [0.4], [0.9]]
    >>> figure = writing_window("n", points, [0, 0, 1], weights, positions)
    """
    points, weights = np.asarray(points, "float64"), np.asarray(weights, "float64")
    figure = Figure(figsize=(8, 5), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[1, 2])
    _strokes(above, points, np.asarray(letters))
    image = below.imshow(weights.T, aspect="auto", cmap="Greys", vmin=0)
    lines = below.plot(np.asarray(positions), color="C1", linewidth=1)
    lines[0].set_label("position of each Gaussian, κ")
    below.legend(loc="lower right", fontsize="small")
    below.set_ylim(weights.shape[1] - 0.5, -0.5)
    below.set_yticks(range(weights.shape[1]), [*text, "end"])
    below.set_xlabel("point")
    below.set_ylabel("letter")
    figure.colorbar(image, ax=below, label="weight", pad=0.01)
    return figure


def _strokes(axis: Axes, points: np.ndarray, letters: np.ndarray | None = None) -> None:
    """The lines of a pen; with letters, each in one of ten colours."""
    places = np.cumsum(points[:, :2], axis=0)
    for now in range(1, len(points)):
        if not points[now - 1, 2]:
            color = "black" if letters is None else f"C{letters[now] % 10}"
            axis.plot(*places[now - 1 : now + 1].T, color=color, linewidth=1.5)
    is_dot = np.concatenate([[True], points[:-1, 2] > 0])[: len(points)] & (points[:, 2] > 0)
    axis.plot(*places[is_dot].T, "o", color="black", markersize=2)
    axis.set(aspect="equal", xticks=[], yticks=[])
    axis.axis("off")
