"""How much associative memories hold."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ..hopfield_theory import CRITICAL_LOAD, attractor_error


def overlap_against_load(overlaps):
    """How well patterns are recalled against the load, a panel for each rule.

    Args:
        overlaps: By rule, and by the name of what was measured: overlaps by load.

    Returns:
        A `matplotlib.figure.Figure`; that of Hebb's rule has theory's line, of networks
        without end.
    """
    figure = Figure(figsize=(3.6 * len(overlaps), 3.4), layout="constrained")
    axes = figure.subplots(1, len(overlaps), sharey=True, squeeze=False)[0]
    for axis, (rule, curves) in zip(axes, overlaps.items(), strict=True):
        for name, curve in curves.items():
            axis.plot(*zip(*curve.items(), strict=True), marker=".", linewidth=1, label=name)
        if rule == "hebb":
            loads = np.linspace(0.001, 0.25, 500)
            theory = np.where(loads < CRITICAL_LOAD, 1 - 2 * attractor_error(loads), np.nan)
            axis.plot(loads, theory, color="black", linewidth=1, label="theory")
            axis.axvline(CRITICAL_LOAD, color="grey", linewidth=0.8, linestyle=":")
        axis.set_title(rule.replace("_", " "))
        axis.set_xlabel("load: patterns / units")
        axis.grid(alpha=0.3)
        axis.legend(frameon=False, fontsize="small")
    axes[0].set_ylabel("overlap of recalled and stored")
    return figure


def basin_against_load(basins):
    """How much of a cue may be wrong, against the load.

    Args:
        basins: By rule: shares of a cue's units, by load.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for rule, curve in basins.items():
        name = rule.replace("_", " ")
        axis.plot(*zip(*curve.items(), strict=True), marker=".", linewidth=1, label=name)
    axis.set_xlabel("load: patterns / units")
    axis.set_ylabel("units of a cue that may be wrong")
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    return figure


def dense_capacity(held):
    """How many patterns a dense memory holds against its units, and the power they grow as.

    Args:
        held: By the power n of the overlap: patterns by units.

    Returns:
        A `matplotlib.figure.Figure`; dashed is the growth of theory, units^(n - 1).
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for i, (power, curve) in enumerate(held.items()):
        units, patterns = (np.array(x, "float64") for x in zip(*curve.items(), strict=True))
        axis.loglog(units, patterns, f"C{i}.-", linewidth=1, label=f"n = {power}")
        growth = patterns[-1] * (units / units[-1]) ** (power - 1)
        axis.loglog(units, growth, f"C{i}--", linewidth=1)
    axis.set_xlabel("units")
    axis.set_ylabel("patterns held")
    axis.grid(alpha=0.3, which="both")
    axis.legend(frameon=False)
    return figure
