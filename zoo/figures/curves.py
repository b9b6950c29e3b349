"""How runs learned, and how their results compare."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure


def learning_curves(
    curves: Mapping[str, Sequence[Sequence[tuple[float, float]]]], label: str = "loss"
) -> Figure:
    """How runs learned: a quantity against the training examples seen.

    Args:
        curves: The curves of each kind of run, in one colour, by the kind's name; a curve
            is pairs of examples seen and the quantity then.
        label: What the quantity is, with its unit.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axis = figure.subplots()
    for i, (kind, runs) in enumerate(curves.items()):
        for j, pairs in enumerate(runs):
            axis.plot(*zip(*pairs, strict=True), f"C{i}", lw=1, label=None if j else kind)
    positive = all(y > 0 for runs in curves.values() for pairs in runs for _, y in pairs)
    axis.set(xlabel="training examples", ylabel=label, yscale="log" if positive else "linear")
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.locator_params(axis="x", nbins=6)
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    return figure


def bars_by_task(
    errors: Mapping[str, Mapping[str, float]], limit: float | None = None
) -> Figure:
    """The errors of models and baselines by task, a group of bars for each task.

    Args:
        errors: Errors in percent by the name of the model and by the name of the task.
        limit: The error above which a task counts as failed: a dotted line.

    Returns:
        A `matplotlib.figure.Figure`.
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
    axis.legend(frameon=False)
    return figure
