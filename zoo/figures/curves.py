"""How runs learned, and how their results compare."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from .text import legend_above, wrapped

MANY = 12  # runs of a kind, of which single lines can no longer be distinguished
STYLES = ("-", "--", ":")  # one after the other, where there are more kinds than colours


def learning_curves(
    curves: Mapping[str, Sequence[Sequence[tuple[float, float]]]], label: str = "loss"
) -> Figure:
    """How runs learned: a quantity against the training examples seen.

    Of a kind that has more than twelve runs, a line is their mean, in a band from the lowest
    to the highest.

    Args:
        curves: The curves of each kind of run, in one colour, by the kind's name; a curve
            is pairs of examples seen and the quantity then.
        label: What the quantity is, with its unit.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> runs = [[(100, 0.9), (200, 0.4)], [(100, 0.8), (200, 0.5)]]  # examples, loss
    >>> figure = learning_curves({"LSTM": runs})
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axis = figure.subplots()
    for i, (kind, runs) in enumerate(curves.items()):
        style = {"color": f"C{i}", "linestyle": STYLES[i // 10 % len(STYLES)], "lw": 1}
        if len(runs) > MANY:
            kind = f"{kind} (mean and range of {len(runs)})"
            runs = [_mean_in_band(axis, runs, style["color"])]
        for j, pairs in enumerate(runs):
            axis.plot(*zip(*pairs, strict=True), label=None if j else kind, **style)
    positive = all(y > 0 for runs in curves.values() for pairs in runs for _, y in pairs)
    axis.set(xlabel="training examples", yscale="log" if positive else "linear")
    axis.set_ylabel(wrapped(label, inches=3.3))
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.locator_params(axis="x", nbins=6)
    axis.grid(alpha=0.3)
    legend_above(axis)
    return figure


def _mean_in_band(axis, runs, color):
    """The curve of the mean of runs; the range that they are in is plotted."""
    by_examples = {}
    for examples, value in itertools.chain(*runs):
        by_examples.setdefault(examples, []).append(value)
    examples = sorted(by_examples)
    values = [by_examples[x] for x in examples]
    lowest, highest = [min(v) for v in values], [max(v) for v in values]
    axis.fill_between(examples, lowest, highest, color=color, alpha=0.2, linewidth=0)
    return [(x, np.mean(v)) for x, v in zip(examples, values, strict=True)]


def bars_by_task(
    errors: Mapping[str, Mapping[str, float]], limit: float | None = None
) -> Figure:
    """The errors of models and baselines by task, a group of bars for each task.

    Args:
        errors: Errors in percent by the name of the model and by the name of the task.
        limit: The error above which a task counts as failed: a dotted line.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> errors = {"ours": {"1": 0.0, "2": 12.0}, "LSTM": {"1": 50.0, "2": 80.0}}
    >>> figure = bars_by_task(errors, limit=5.0)
    """
    tasks = list(next(iter(errors.values())))
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    axis = figure.subplots()
    width = 0.8 / len(errors)
    for i, (name, by_task) in enumerate(errors.items()):
        positions = np.arange(len(tasks)) + (i - (len(errors) - 1) / 2) * width
        axis.bar(positions, [by_task[task] for task in tasks], width, label=name)
    if limit is not None:
        axis.axhline(limit, color="grey", linewidth=0.8, linestyle=":")
    axis.set_xticks(range(len(tasks)), tasks)
    axis.set_xlabel("task")
    axis.set_ylabel("error in percent")
    legend_above(axis)
    return figure
