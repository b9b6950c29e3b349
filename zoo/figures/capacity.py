"""The capacity of associative memories."""

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import ParamSpec

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ..associative import theory
from .text import legend_above, wrapped

P = ParamSpec("P")
RULES = {"hebb": "Hebb", "pseudo_inverse": "pseudo-inverse", "storkey": "Storkey"}


def _once_held(function: Callable[P, Figure]) -> Callable[P, Figure]:
    """Its first argument is also taken as `held`, the name until version 0.2, and warns."""
    name = next(iter(inspect.signature(function).parameters))

    @functools.wraps(function)
    def with_old_name(*args: P.args, **kwargs: P.kwargs) -> Figure:
        if "held" in kwargs:
            warnings.warn(
                f"{function.__name__}(held=...) is now {function.__name__}({name}=...)",
                DeprecationWarning,
                stacklevel=2,
            )
            return function(*args, **{name: kwargs.pop("held")}, **kwargs)
        return function(*args, **kwargs)

    return with_old_name


def overlap_against_load(
    overlaps: Mapping[str, Mapping[int, Mapping[float, float]]],
) -> Figure:
    """How well patterns are recalled against the load, a panel for each rule.

    Dotted is the capacity of each network by theory; of Hebb's rule, whose load does not
    depend on the units, a line is the overlap by theory in the limit of many units.

    Args:
        overlaps: Overlaps by rule, by units, and by load.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> figure = overlap_against_load({"hebb": {100: {0.1: 1.0, 0.2: 0.4}}})
    """
    figure = Figure(figsize=(3.8 * len(overlaps), 3.6), layout="constrained")
    axes = figure.subplots(1, len(overlaps), sharey=True, squeeze=False)[0]
    for axis, (rule, curves) in zip(axes, overlaps.items(), strict=True):
        for i, (units, curve) in enumerate(curves.items()):
            axis.plot(
                *zip(*curve.items(), strict=True), f"C{i}.-", lw=1, label=f"N = {units}"
            )
            axis.axvline(theory.capacity(rule, units) / units, color=f"C{i}", lw=0.8, ls=":")
        if rule == "hebb":
            loads = np.linspace(0.001, max(max(curve) for curve in curves.values()), 500)
            overlap = 1 - 2 * theory.attractor_error(loads)
            axis.plot(loads, overlap, "k", lw=1, label="theory, N → ∞")
        axis.set(title=RULES[rule], xlabel="load: patterns / units", ylim=(0, 1.05))
        axis.set_xlim(left=0)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("overlap of recalled and stored")
    entries = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        entries = dict(zip(labels, handles, strict=True)) | entries
    figure.legend(
        entries.values(),
        entries.keys(),
        loc="outside lower center",
        ncols=2 * len(axes),
        fontsize="small",
        frameon=False,
    )
    return figure


def basin_against_load(basins: Mapping[str, Mapping[float, float]]) -> Figure:
    """How much of a cue may be wrong, against the load.

    Args:
        basins: Fractions of a cue's units by rule and by load.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> figure = basin_against_load({"hebb": {0.05: 0.4, 0.1: 0.2}})
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for rule, curve in basins.items():
        axis.plot(*zip(*curve.items(), strict=True), marker=".", lw=1, label=RULES[rule])
    axis.set_xlabel("load: patterns / units")
    axis.set_ylabel("units of a cue that may be wrong")
    axis.set_xlim(left=0)
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.grid(alpha=0.3)
    legend_above(axis)
    return figure


@_once_held
def patterns_recalled(
    recalled: Mapping[str, Mapping[int, float]], what: str = "patterns"
) -> Figure:
    """How many patterns a memory recalls, against how many are stored in it.

    Args:
        recalled: By the name of what was measured: how many are recalled, by how many are
            stored.
        what: What is stored.

    Returns:
        A `matplotlib.figure.Figure`; dotted is where all are recalled.

    Example:

    >>> figure = patterns_recalled({"storkey": {5: 5, 20: 12, 40: 3}})
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    most = max(stored for curve in recalled.values() for stored in curve)
    axis.plot([0, most], [0, most], color="grey", linewidth=0.8, linestyle=":")
    for i, (name, curve) in enumerate(recalled.items()):
        style = {"marker": "o+"[i % 2], "markersize": 5, "fillstyle": "none", "linewidth": 1}
        axis.plot(*zip(*curve.items(), strict=True), label=name, **style)
    axis.set_xlabel(wrapped(f"{what} stored", inches=5))
    axis.set_ylabel(wrapped(f"{what} recalled", inches=3))
    axis.grid(alpha=0.3)
    legend_above(axis)
    return figure


@_once_held
def dense_capacity(capacity: Mapping[int, Mapping[int, float]]) -> Figure:
    """The capacity of a dense associative memory against its units, and how it grows.

    Args:
        capacity: Numbers of patterns by the power n of the interaction and by units.

    Returns:
        A `matplotlib.figure.Figure`; dashed is the growth by theory, units^(n - 1).

    Example:

    >>> figure = dense_capacity({2: {50: 7, 100: 14}, 3: {50: 60, 100: 240}})
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for i, (power, curve) in enumerate(capacity.items()):
        units, patterns = (np.array(x, "float64") for x in zip(*curve.items(), strict=True))
        axis.loglog(units, patterns, f"C{i}.-", linewidth=1, label=f"n = {power}")
        growth = patterns[-1] * (units / units[-1]) ** (power - 1)
        label = f"in proportion to units^{power - 1}"
        axis.loglog(units, growth, f"C{i}--", linewidth=1, label=label)
    sizes = sorted(set().union(*capacity.values()))
    axis.set_xticks(sizes, map(str, sizes))
    axis.minorticks_off()
    axis.set_xlabel("units")
    axis.set_ylabel("patterns (capacity)")
    axis.yaxis.set_major_formatter("{x:,.0f}")
    axis.grid(alpha=0.3)
    legend_above(axis)
    return figure
