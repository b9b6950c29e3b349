"""Recall from an associative memory, update by update, and what it has learned."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .text import LINE, lines, wrapped

SIDE = 1.1  # inches of an image


def recall_strip(
    states: ArrayLike,
    shape: tuple[int, int],
    names: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
    targets: ArrayLike | None = None,
    cmap: str = "gray_r",
) -> Figure:
    """The recall of each cue, a row a cue: the cue and the state after every update.

    Args:
        states: Shape `(updates + 1, cues, units)`; NaN is left blank.
        shape: Rows and columns of a state as an image.
        names: The label of each row.
        titles: The title of each column; the number of the update if absent.
        targets: What should be recalled, shape `(cues, units)`: a last column beside.
        cmap: Matplotlib's colours: by default, from white at the lowest number to black, as
            ink on paper. `"gray"` is for images whose black is the lowest.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> pattern = [1, -1, -1, 1]
    >>> figure = recall_strip([[[1, 0, 0, 0]], [pattern]], (2, 2), targets=[pattern])
    """
    states = np.asarray(states, "float64")
    titles = list(titles or ["cue", *(f"update {step}" for step in range(1, len(states)))])
    if targets is not None:
        states = np.concatenate([states, np.asarray(targets, "float64")[None]])
        titles.append("target")
    steps, cues = states.shape[:2]
    names = list(names or [])
    aside, above = LINE * lines(names, SIDE), LINE * lines(titles, SIDE)
    size = (0.4 + aside + SIDE * steps, 0.2 + above + SIDE * cues)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(cues, steps, squeeze=False)
    low, high = np.nanmin(states), np.nanmax(states)
    for row, column in np.ndindex(cues, steps):
        axis = axes[row, column]
        axis.imshow(states[column, row].reshape(shape), cmap=cmap, vmin=low, vmax=high)
        axis.set_anchor("N")  # below its title, of which there is room
        axis.set_xticks([])
        axis.set_yticks([])
        if row == 0:
            axis.set_title(wrapped(titles[column], SIDE), fontsize="small")
    for row, name in enumerate(names):
        axes[row, 0].set_ylabel(wrapped(name, SIDE), fontsize="small")
    return figure


def energy_curves(energies: ArrayLike) -> Figure:
    """The energy of each cue against the updates: it never rises.

    Args:
        energies: Shape `(updates + 1, cues)`.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> figure = energy_curves([[-1.0, -2.0], [-3.0, -2.5], [-3.0, -4.0]])
    """
    energies = np.asarray(energies, "float64")
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    axis.plot(energies, marker=".", linewidth=1)
    axis.set_xlabel("update")
    axis.set_ylabel("energy")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.grid(alpha=0.3)
    return figure


def image_grid(images: ArrayLike, shape: tuple[int, int], names: Sequence[str]) -> Figure:
    """Images of signed numbers: red above 0, blue below, each on a scale of its own.

    Args:
        images: Shape `(rows, columns, pixels)`.
        shape: Rows and columns of an image.
        names: The title of each column.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> weights = np.random.default_rng(0).normal(size=(2, 3, 16))
    >>> figure = image_grid(weights, (4, 4), names=["a", "b", "c"])
    """
    images = np.asarray(images, "float64")
    rows, columns = images.shape[:2]
    names = [wrapped(str(name), inches=0.9) for name in names]
    above = 0.2 + LINE * lines(names, inches=0.9)
    figure = Figure(figsize=(0.9 * columns, above + 0.9 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for row, column in np.ndindex(rows, columns):
        image = images[row, column].reshape(shape)
        limit = np.abs(image).max() or 1
        axes[row, column].imshow(image, cmap="RdBu_r", vmin=-limit, vmax=limit)
        axes[row, column].set_anchor("N")  # below its title, of which there is room
        axes[row, column].set_xticks([])
        axes[row, column].set_yticks([])
    for axis, name in zip(axes[0], names, strict=True):
        axis.set_title(name, fontsize="small")
    return figure
