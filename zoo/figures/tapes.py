"""What a machine that acts does with its tapes."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

MOST_LABELS = 60  # cells beside which a symbol is written
END = "∅"


def tapes(trace: Mapping[str, ArrayLike], example: int = 0) -> Figure:
    """Where the heads of a machine are, over time, and where it predicts which symbol.

    As in the figures of [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521): time
    from left to right, the cells of the tape from top to bottom. A dot is a step that
    predicts, with the symbol beside it. Steps after the last prediction are left out.

    Args:
        trace: The result of the `trace` of a `TapeMachine`.
        example: Which sequence of the batch.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> machine = keras_memory.zoo.TapeMachine(symbols=3, controller_units=4, width=5)
    >>> inputs = {"symbols": np.array([[0, 2, 1, 0, 0]]), "length": np.array([2])}
    >>> figure = tapes(machine.trace(inputs))
    """
    predicted = np.asarray(trace["predicted"][example])
    is_predicted = predicted >= 0
    steps = np.flatnonzero(is_predicted).max(initial=0) + 1
    predicted, is_predicted = predicted[:steps], is_predicted[:steps]
    symbols = np.asarray(trace["symbols"][example])
    names = [name for name in ("input_head", "memory_head") if name in trace]
    figure = Figure(figsize=(min(14, 3 + steps / 4), 4 * len(names)), layout="constrained")
    axes = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for name, axis in zip(names, axes, strict=True):
        head = np.asarray(trace[name][example])[:steps]
        axis.plot(head, color="0.6", marker="o", markerfacecolor="white", zorder=1)
        axis.scatter(np.flatnonzero(is_predicted), head[is_predicted], color="C0", zorder=2)
        axis.set_title(name.replace("_", " ").capitalize(), loc="left")
        axis.set_ylabel("cell")
        axis.invert_yaxis()
        axis.locator_params(integer=True)
    cells = np.arange(np.asarray(trace["input_head"][example])[:steps].max() + 1)
    if len(cells) <= MOST_LABELS:
        labels = [END if symbols[cell] == 0 else str(symbols[cell]) for cell in cells]
        axes[0].set_yticks(cells, labels)
        axes[0].set_ylabel("symbol on the tape")
        for step in np.flatnonzero(is_predicted):
            at = step, trace["input_head"][example][step]
            text = END if predicted[step] == 0 else str(predicted[step])
            axes[0].annotate(text, at, (4, 4), textcoords="offset points", fontsize=8)
    axes[-1].set_xlabel("step")
    return figure
