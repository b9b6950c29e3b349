"""What is in a stack, a queue or a deque, over time."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

VISIBLE = 0.05  # a strength below is not worth a row


def strengths(trace: Mapping[str, ArrayLike], example: int = 0, structure: int = 0) -> Figure:
    """The strength of every value that is stored, over time.

    Time from left to right; a row is a value, in the order in which they are stored, from the
    bottom to the top. A value appears when it is pushed, and fades as it is popped. Below,
    the strength of all together. Values above and below all that have a strength of 0.05 at
    any step are left out.

    Args:
        trace: With `strengths_i`, `(batch, steps, room, ends)`, as the `trace` of a
            `MemoryTransducer` has.
        example: Which sequence of the batch.
        structure: Which structure of the cell.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> sizes = {"controller_units": 4, "embedding_units": 3, "memory_width": 5}
    >>> network = keras_memory.zoo.MemoryTransducer(8, 8, structure="stack", **sizes)
    >>> inputs = {"source": np.array([[1, 2, 3]]), "target": np.array([[3, 2, 1, 0]])}
    >>> figure = strengths(network.trace(inputs))
    """
    newest_last = np.asarray(trace[f"strengths_{structure}"][example], "float64")
    steps, room, ends = newest_last.shape
    rows = np.zeros((ends * steps, steps))
    for step in range(steps):
        count = min(step + 1, room)
        pushed = np.arange(step + 1 - count, step + 1)  # the steps at which they were
        last = newest_last[step, room - count :]
        if ends == 2:
            rows[steps + pushed, step] = last[:, 0]
            rows[steps - 1 - pushed, step] = last[:, 1]
        else:
            rows[pushed, step] = last[:, 0]
    figure = Figure(figsize=(9, 6), layout="constrained")
    image_axis, total_axis = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    first = -steps if ends == 2 else 0
    image = image_axis.imshow(
        rows,
        aspect="auto",
        origin="lower",
        extent=(-0.5, steps - 0.5, first - 0.5, steps - 0.5),
        cmap="Greys",
        vmin=0,
        vmax=1,
        interpolation="nearest",
    )
    used = first + np.flatnonzero(rows.max(axis=1) > VISIBLE)
    if used.size:
        image_axis.set_ylim(used.min() - 0.5, used.max() + 0.5)
    figure.colorbar(image, ax=image_axis, label="strength")
    bottom = ", below 0 at the bottom" if ends == 2 else ""
    image_axis.set_ylabel(f"value, by the step of its push{bottom}")
    total_axis.plot(rows.sum(axis=0), color="C0")
    total_axis.set_ylabel("together")
    total_axis.set_ylim(bottom=0)
    total_axis.set_xlabel("step")
    return figure
