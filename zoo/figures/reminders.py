"""What a network was reminded of: now against then."""

import numpy as np
from matplotlib.figure import Figure


def reminder_map(trace, example=0, symbols=None):
    """Which past step each step retrieved, as in figure 3 of Ke et al., 2018.

    Args:
        trace: That of a `SparseAttentiveRNN`.
        example: Which example of the batch.
        symbols: What stands at each step, short strings, to write beside the axes; the
            blank ones are left out.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    weights = np.asarray(trace["weights"][example], "float64")  # now, microstate
    steps, stored = len(weights), np.asarray(trace["stored"])
    figure = Figure(figsize=(7, 6), layout="constrained")
    axis = figure.subplots()
    every = stored[0] + 1 if len(stored) else 1
    edges = np.append(stored - every, stored[-1:]) + 0.5
    image = axis.pcolormesh(
        np.arange(steps + 1) - 0.5, edges, weights.T, cmap="magma_r", vmin=0, vmax=1
    )
    axis.set(
        xlabel="now: step", ylabel="then: step whose state is retrieved", ylim=(-0.5, None)
    )
    axis.plot([0, steps - 1], [0, steps - 1], color="grey", linewidth=0.8, linestyle=":")
    if symbols is not None:
        _write_beside(axis, symbols)
    figure.colorbar(image, ax=axis, label="weight")
    return figure


def _write_beside(axis, symbols):
    for step, symbol in enumerate(symbols):
        if symbol.strip():
            axis.annotate(
                symbol, (step, 1.01), xycoords=("data", "axes fraction"), ha="center", size=6
            )
            axis.annotate(
                symbol, (1.01, step), xycoords=("axes fraction", "data"), va="center", size=6
            )
