"""Which past steps a recurrent network retrieved."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

MAX_CELLS = 300  # along a side, so that each is visible
MAX_APART = 60  # steps beside which symbols are written one by one


def retrieval_map(
    trace: Mapping[str, Any], example: int = 0, symbols: Sequence[str] | None = None
) -> Figure:
    """Which past step each step retrieved, as in figure 3 of Ke et al., 2018.

    A cell is as dark as its weight; of long sequences, as the largest weight of several
    steps.

    Args:
        trace: That of a `SparseAttentiveRNN`.
        example: Which example of the batch.
        symbols: The input of each step, short strings, to write beside the axes; blank ones
            are left out.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> network = keras_memory.zoo.SparseAttentiveRNN(3, 2, units=4, k_top=2, k_att=2)
    >>> inputs = {"vectors": np.ones((1, 6, 3), "float32"), "length": np.array([6])}
    >>> figure = retrieval_map(network.trace(inputs))
    """
    weights, stored = np.asarray(trace["weights"][example], "float64"), trace["stored"]
    steps, every = len(weights), (stored[0] + 1 if len(stored) else 1)
    cells, columns = _largest(weights.T, axis=1)  # steps of a cell, along each axis
    cells, rows = _largest(cells, axis=0)
    figure = Figure(figsize=(7, 6), layout="constrained")
    axis = figure.subplots()
    height, width = rows * every * len(cells), columns * cells.shape[1]
    image = axis.imshow(
        cells if cells.size else [[0.0]],
        cmap="gist_heat_r",
        vmin=0,
        vmax=1,
        interpolation="nearest",
        origin="lower",
        aspect="auto",
        extent=(-0.5, width - 0.5, -0.5, (height or 1) - 0.5),
    )
    limits = (-0.5, steps - 0.5)
    axis.fill_between(limits, limits, limits[1], color="0.93", linewidth=0)  # the future
    axis.set(xlabel="now (step)", ylabel="then (step retrieved)", xlim=limits, ylim=limits)
    if symbols is not None:
        _write_beside(axis, symbols)
    figure.colorbar(image, ax=axis, label="weight", shrink=0.8)
    return figure


def _largest(weights, axis):
    """The largest of every `group` along an axis, so that MAX_CELLS remain; and `group`."""
    size = weights.shape[axis]
    group = max(1, -(-size // MAX_CELLS))
    if not size:
        return weights, group
    return np.maximum.reduceat(weights, range(0, size, group), axis=axis), group


def _write_beside(axis, symbols):
    """Symbols above and to the right; of long sequences, adjacent ones as one word."""
    steps = [(step, symbol.strip()) for step, symbol in enumerate(symbols)]
    apart = len(steps) <= MAX_APART
    for is_symbol, group in itertools.groupby(steps, lambda pair: bool(pair[1])):
        if not is_symbol:
            continue
        group = list(group)
        middle = (group[0][0] + group[-1][0]) / 2
        word = [(middle, "".join(symbol for _, symbol in group))]
        for step, text in group if apart else word:
            above, beside = ("data", "axes fraction"), ("axes fraction", "data")
            axis.annotate(text, (step, 1.01), xycoords=above, ha="center", size=6)
            axis.annotate(text, (1.01, step), xycoords=beside, va="center", size=6)
