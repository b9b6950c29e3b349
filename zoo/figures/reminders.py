"""What a network was reminded of: now against then."""

import itertools

import numpy as np
from matplotlib.figure import Figure

FINEST = 300  # cells along a side, that each is seen
WIDEST = 60  # steps beside which symbols are written one by one


def reminder_map(trace, example=0, symbols=None):
    """Which past step each step retrieved, as in figure 3 of Ke et al., 2018.

    A cell is as dark as its weight; where there are more steps than can be told apart, as
    the largest weight of several.

    Args:
        trace: That of a `SparseAttentiveRNN`.
        example: Which example of the batch.
        symbols: What stands at each step, short strings, to write beside the axes; the
            blank ones are left out.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    weights, stored = np.asarray(trace["weights"][example], "float64"), trace["stored"]
    steps, every = len(weights), (stored[0] + 1 if len(stored) else 1)
    cells, now = _largest(weights.T, axis=1)  # then, now
    cells, then = _largest(cells, axis=0)
    figure = Figure(figsize=(7, 6), layout="constrained")
    axis = figure.subplots()
    height, width = then * every * len(cells), now * cells.shape[1]
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
    """The largest of every few along an axis, so that FINEST remain; and how few."""
    size = weights.shape[axis]
    few = max(1, -(-size // FINEST))
    if not size:
        return weights, few
    return np.maximum.reduceat(weights, range(0, size, few), axis=axis), few


def _write_beside(axis, symbols):
    """Above and to the right; of long sequences, symbols that follow each other as a word."""
    steps = [(step, symbol.strip()) for step, symbol in enumerate(symbols)]
    apart = len(steps) <= WIDEST
    for is_there, group in itertools.groupby(steps, lambda pair: bool(pair[1])):
        if not is_there:
            continue
        group = list(group)
        middle = (group[0][0] + group[-1][0]) / 2
        word = [(middle, "".join(symbol for _, symbol in group))]
        for place, text in group if apart else word:
            above, beside = ("data", "axes fraction"), ("axes fraction", "data")
            axis.annotate(text, (place, 1.01), xycoords=above, ha="center", size=6)
            axis.annotate(text, (1.01, place), xycoords=beside, va="center", size=6)
