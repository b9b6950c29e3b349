"""What recurrent units do with their stacks, step by step."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

MOST_STACKS = 4  # of which the cells are visible
MOST_LABELS = 80  # steps beside which a symbol is written
EMPTY, TINY = -1.0, 1e-3


def stack_tape(
    trace: Mapping[str, ArrayLike], example: int = 0, symbols: str | None = None
) -> Figure:
    """What goes in, what is predicted, the actions of all stacks, and the cells of some.

    Time from left to right. An action is red where a stack is pushed to (a list inserts) and
    blue where it is popped (the head of a list moves). Cells are those of the stacks whose
    actions change most, with the top at the bottom, as far as any was ever pushed to; what is
    empty is white. Of a list, cells before the head are below those after it.

    Args:
        trace: The result of the `trace` of a `StackRNN`.
        example: Which sequence of the batch.
        symbols: A character for each symbol; their numbers if absent.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> network = keras_memory.zoo.StackRNN(symbols=2, units=4, stacks=2)
    >>> figure = stack_tape(network.trace(np.eye(2)[[[0, 0, 1, 1]]]), symbols="ab")
    """
    inputs, outputs, actions, cells = (
        np.asarray(trace[name][example], "float64")
        for name in ("inputs", "outputs", "actions", "cells")
    )
    steps, count = inputs.shape
    chosen = np.sort(np.argsort(-actions.std(axis=0).sum(-1), kind="stable")[:MOST_STACKS])
    cells = cells[:, chosen]
    is_used = (cells > EMPTY + TINY).any(axis=(0, 1, 2))
    cells = cells[..., : max(1, np.flatnonzero(is_used).max(initial=0) + 1)]
    if cells.shape[2] == 2:
        cells = np.concatenate([cells[:, :, :1, ::-1], cells[:, :, 1:]], axis=-1)
    rows = 3 + len(chosen)
    figure = Figure(figsize=(min(16, 4 + steps / 5), 1.6 * rows), layout="constrained")
    axes = figure.subplots(rows, 1, sharex=True)
    labels = list(symbols or map(str, range(count)))
    for axis, values, title in zip(axes, (inputs, outputs), ("Inputs", "Next"), strict=False):
        _image(figure, axis, values, title, "Greys", (0, 1))
        axis.set_yticks(range(count), labels)
    _image(figure, axes[2], actions[..., 0] - actions[..., 1:3].sum(-1), "Actions", "bwr")
    axes[2].set_ylabel("stack")
    for i, stack in enumerate(chosen):
        visible = np.ma.masked_less_equal(cells[:, i, 0], EMPTY + TINY)
        _image(figure, axes[3 + i], visible, f"Stack {stack}", "viridis", (0, 1))
        axes[3 + i].set_ylabel("cell")
    if steps <= MOST_LABELS:
        read = [labels[number] for number in inputs.argmax(-1)]
        axes[-1].set_xticks(range(steps), read, fontsize=7)
    axes[-1].set_xlabel("step")
    return figure


def _image(figure, axis, values, title, cmap, colours=(-1, 1)):
    image = axis.imshow(
        values.T,
        aspect="auto",
        cmap=cmap,
        vmin=colours[0],
        vmax=colours[1],
        interpolation="nearest",
        origin="lower",
    )
    axis.set_title(title, loc="left")
    axis.locator_params(integer=True)
    figure.colorbar(image, ax=axis, pad=0.01)
