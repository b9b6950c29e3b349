"""What a machine with a memory does, step by step."""

import numpy as np
from matplotlib.figure import Figure


def memory_tape(trace, example=0):
    """The tape of a machine with a memory, over time: in, out, written, read, and where.

    As figures 6 and beyond of [Graves et al., 2014](https://arxiv.org/abs/1410.5401):
    inputs and outputs, what the heads add and read, and the write and read weights of
    every step, time from left to right. Slots that no head ever visits are left out; as
    the slots form a ring, those below 0 count from its end.

    Args:
        trace: The result of a model's `trace`.
        example: Which sequence of the batch.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    one = {name: np.asarray(values[example], "float64") for name, values in trace.items()}
    weights = np.concatenate([one["write_weights"], one["read_weights"]], axis=1)
    slots = _shortest_arc(weights.max(axis=(0, 1)) > 0.1)
    first = slots[0]
    write, read = (
        one[name].take(slots, axis=-1, mode="wrap")
        for name in ("write_weights", "read_weights")
    )
    panels = [
        ("Inputs", one["inputs"], "channel", 0, (0, 1)),
        ("Outputs", one["outputs"], "bit", 0, (0, 1)),
        ("Adds", _heads_in_a_row(one["adds"]), "component", 0, None),
        ("Reads", _heads_in_a_row(one["reads"]), "component", 0, None),
        ("Write weights", write.max(axis=1), "slot", first, (0, 1)),
        ("Read weights", read.max(axis=1), "slot", first, (0, 1)),
    ]
    figure = Figure(figsize=(11, 8), layout="constrained")
    axes = figure.subplots(3, 2, sharex=True, height_ratios=[1, 1.4, 2.2])
    for axis, (title, values, label, origin, limits) in zip(axes.flat, panels, strict=True):
        low, high = limits or (-1, 1)
        image = axis.imshow(
            values.T,
            aspect="auto",
            cmap="magma" if limits else "RdBu_r",
            vmin=low,
            vmax=high,
            interpolation="nearest",
            origin="lower",
            extent=(
                -0.5,
                len(values) - 0.5,
                origin - 0.5,
                origin + values.shape[1] - 0.5,
            ),
        )
        axis.set_title(title, loc="left")
        axis.set_ylabel(label)
        axis.locator_params(integer=True)
        figure.colorbar(image, ax=axis, pad=0.01)
    for axis in axes[-1]:
        axis.set_xlabel("time step")
    return figure


def _shortest_arc(visited):
    """The fewest neighbours on the ring of slots that include all that were visited."""
    places, size = np.flatnonzero(visited), len(visited)
    if not places.size:
        return np.arange(size)
    gaps = np.diff(places, append=places[0] + size)
    last = places[gaps.argmax()]
    return np.arange(last + gaps.max() - size, last + 1)


def _heads_in_a_row(values):
    return values.reshape(len(values), -1)
