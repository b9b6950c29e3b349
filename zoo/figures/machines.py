"""What a machine with a memory does, step by step."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ...layers.machines.sparse_links import BASE

# What a tape shows, where the trace has it: its title, its unit, the range of its colours.
PANELS = {
    "inputs": ("Inputs", "channel", (0, 1)),
    "outputs": ("Outputs", "bit", (0, 1)),
    "adds": ("Adds", "component", (-1, 1)),
    "reads": ("Reads", "component", (-1, 1)),
    "write_weights": ("Write weights", "slot", (0, 1)),
    "read_weights": ("Read weights", "slot", (0, 1)),
    "usage": ("Usage", "slot", (0, 1)),
    "gates": ("Gates: write, allocation, free", "gate", (0, 1)),
    "read_modes": ("Read modes: back, content, on", "mode", (0, 1)),
}
HEIGHTS = {"channel": 1, "bit": 1, "component": 1.4, "slot": 2.2, "gate": 0.6, "mode": 0.6}


def memory_tape(trace: Mapping[str, ArrayLike], example: int = 0) -> Figure:
    """The tape of a machine with a memory, over time: in, out, written, read, and where.

    As figures 6 and beyond of [Graves et al., 2014](https://arxiv.org/abs/1410.5401):
    inputs and outputs, what the heads add and read, and the write and read weights of
    every step, time from left to right; of a differentiable neural computer also the usage
    of its slots, its gates and its read modes. What a machine does not have is left out.
    Slots that no head ever visits are left out, too; as the slots form a ring, those below 0
    count from its end.

    Args:
        trace: The result of a model's `trace`.
        example: Which sequence of the batch.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> machine = keras_memory.zoo.NTM(3, 2, controller_units=4, memory_slots=5)
    >>> figure = memory_tape(machine.trace(np.ones((1, 4, 3), "float32")))
    """
    names = [name for name in PANELS if name in trace]
    tape = {name: np.asarray(trace[name][example], "float64") for name in names}
    # (steps, heads, slots): where there is one head, without an axis for it, too.
    tape |= {
        name: tape[name].reshape(len(tape[name]), -1, tape[name].shape[-1])
        for name in names
        if PANELS[name][1] == "slot"
    }
    weights = [tape[name] for name in names if name.endswith("weights")]
    if weights:
        slots = _shortest_arc(np.concatenate(weights, axis=1).max(axis=(0, 1)) > 0.1)
    rows = [names[i : i + 2] for i in range(0, len(names), 2)]
    figure = Figure(figsize=(11, 1 + 2.3 * len(rows)), layout="constrained")
    heights = [max(HEIGHTS[PANELS[name][1]] for name in row) for row in rows]
    axes = figure.subplots(len(rows), 2, sharex=True, height_ratios=heights, squeeze=False)
    for name, axis in zip(names, axes.flat, strict=False):
        title, unit, colours = PANELS[name]
        values, first = tape[name], 0
        if unit == "slot":
            values, first = values.take(slots, axis=-1, mode="wrap").max(axis=1), slots[0]
        image = _over_time(axis, values.reshape(len(values), -1), first, colours)
        axis.set_title(title, loc="left")
        axis.set_ylabel(unit)
        figure.colorbar(image, ax=axis, pad=0.01)
    for axis in axes.flat[len(names) :]:
        axis.set_axis_off()
    for axis in axes[-1]:
        axis.set_xlabel("time step")
    return figure


def _over_time(axis, values, first, colours):
    """Values `(steps, rows)` as an image, time to the right, rows counted from `first`."""
    steps, rows = values.shape
    image = axis.imshow(
        values.T,
        aspect="auto",
        cmap="RdBu_r" if colours[0] < 0 else "magma",
        vmin=colours[0],
        vmax=colours[1],
        interpolation="nearest",
        origin="lower",
        extent=(-0.5, steps - 0.5, first - 0.5, first + rows - 0.5),
    )
    axis.locator_params(integer=True)
    return image


def _shortest_arc(visited):
    """The fewest neighbours on the ring of slots that include all that were visited."""
    places, size = np.flatnonzero(visited), len(visited)
    if places.size in (0, size):
        return np.arange(size)
    gaps = np.diff(places, append=places[0] + size)
    last = places[gaps.argmax()]
    return np.arange(last + gaps.max() - size, last + 1)


def temporal_links(
    trace: Mapping[str, ArrayLike], example: int = 0, step: int = -1
) -> Figure:
    """Which slot was written to after which, after a step: L of a `DNC`.

    Args:
        trace: The result of a model's `trace`.
        example: Which sequence of the batch.
        step: Which step; the last if absent.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> machine = keras_memory.zoo.DNC(3, 2, controller_units=4, memory_slots=5)
    >>> figure = temporal_links(machine.trace(np.ones((1, 4, 3), "float32")))
    """
    if "links_before" in trace:
        links = _matrix(np.asarray(trace["links_before"][example][step], "float64"))
    else:
        links = np.asarray(trace["links"][example][step], "float64")
    figure = Figure(figsize=(4.6, 4), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(
        links, cmap="magma", vmin=0, vmax=1, interpolation="nearest", origin="lower"
    )
    axis.set_title("Temporal links", loc="left")
    axis.set_xlabel("slot before")
    axis.set_ylabel("slot after")
    axis.locator_params(integer=True)
    figure.colorbar(image, ax=axis)
    return figure


def _matrix(entries):
    """L of the entries of its rows, as `SparseLinks` stores them."""
    links, slots = entries[..., 0], (BASE * entries[..., 1] + entries[..., 2]).astype(int)
    matrix = np.zeros((len(links), len(links)))
    np.add.at(matrix, (np.arange(len(links))[:, None], slots), links)
    return matrix
