"""Recall from an associative memory, update by update, and what it has learned."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike


def recall_strip(
    states: ArrayLike,
    shape: tuple[int, int],
    names: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
) -> Figure:
    """The recall of each cue, a row a cue: the cue and the state after every update.

    Args:
        states: Shape `(updates + 1, cues, units)`; NaN is left blank.
        shape: Rows and columns of a state as an image.
        names: The label of each row.
        titles: The title of each column; the number of the update if absent.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    states = np.asarray(states, "float64")
    steps, cues = states.shape[:2]
    titles = titles or ["cue", *(f"update {step}" for step in range(1, steps))]
    figure = Figure(figsize=(0.6 + 1.1 * steps, 0.4 + 1.1 * cues), layout="constrained")
    axes = figure.subplots(cues, steps, squeeze=False)
    low, high = np.nanmin(states), np.nanmax(states)
    for row, column in np.ndindex(cues, steps):
        axis = axes[row, column]
        axis.imshow(states[column, row].reshape(shape), cmap="gray_r", vmin=low, vmax=high)
        axis.set_xticks([])
        axis.set_yticks([])
        if row == 0:
            axis.set_title(titles[column], fontsize="small")
    for row, name in enumerate(names or []):
        axes[row, 0].set_ylabel(name, fontsize="small")
    return figure


def energy_curves(energies: ArrayLike) -> Figure:
    """The energy of each cue against the updates: it never rises.

    Args:
        energies: Shape `(updates + 1, cues)`.

    Returns:
        A `matplotlib.figure.Figure`.
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
    """
    images = np.asarray(images, "float64")
    rows, columns = images.shape[:2]
    figure = Figure(figsize=(0.9 * columns, 0.3 + 0.9 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for row, column in np.ndindex(rows, columns):
        image = images[row, column].reshape(shape)
        limit = np.abs(image).max() or 1
        axes[row, column].imshow(image, cmap="RdBu_r", vmin=-limit, vmax=limit)
        axes[row, column].set_xticks([])
        axes[row, column].set_yticks([])
    for axis, name in zip(axes[0], names, strict=True):
        axis.set_title(str(name), fontsize="small")
    return figure
