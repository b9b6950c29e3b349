"""Pictures of the gates of recurrent networks, and of how far back their gradients reach."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

MOST_LABELS = 60  # steps beside which it is written what comes in


def gates(
    trace: Mapping[str, ArrayLike],
    example: int = 0,
    labels: Sequence[str] | None = None,
    targets: ArrayLike | None = None,
) -> Figure:
    """The gates of each unit of an LSTM or a GRU at each step, and its outputs, if any.

    Time from left to right. A gate is dark where it is open.

    Args:
        trace: The result of the `trace` of a `RecurrentNetwork` or a `SequenceTagger` with
            gates; `outputs` are not of all of them.
        example: Which sequence of the batch.
        labels: What comes in at each step.
        targets: What is to come out, of the shape of the outputs of the sequence.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: The trace has no gates.

    Example:

    >>> network = keras_memory.zoo.RecurrentNetwork(3, 1, "lstm", units=4)
    >>> figure = gates(network.trace(np.ones((1, 5, 3), "float32")))
    """
    found = {
        name.removesuffix("_gate"): np.asarray(array[example], "float64")
        for name, array in trace.items()
        if name.endswith("_gate")
    }
    if not found:
        raise ValueError(f"Expected a trace with gates. Received: {', '.join(trace)}")
    steps = len(next(iter(found.values())))
    outputs = trace.get("outputs")
    count = len(found) + (outputs is not None)
    figure = Figure(
        figsize=(min(16, 3 + 0.35 * steps), 0.8 + 1.4 * count), layout="constrained"
    )
    axes = figure.subplots(count, 1, sharex=True)
    last = axes[-1]
    for axis, (name, gate) in zip(axes, found.items(), strict=False):
        image = axis.imshow(gate.T, aspect="auto", cmap="Greys", vmin=0, vmax=1)
        axis.set_ylabel("unit")
        axis.set_title(f"{name} gate".capitalize(), loc="left")
        axis.locator_params(integer=True)
        figure.colorbar(image, ax=axis, label="open", pad=0.01)
    if outputs is not None:
        last.plot(np.asarray(outputs[example], "float64"), "o-", label="output", markersize=4)
        if targets is not None:
            last.plot(np.asarray(targets), "x", color="black", label="target")
        last.legend()
    last.set_xlabel("step")
    if labels is not None and steps <= MOST_LABELS:
        last.set_xticks(range(steps), labels, rotation=60, ha="right")
    return figure


def gradients_by_distance(norms: Mapping[str, ArrayLike]) -> Figure:
    """How much the last output of networks depends on inputs that are so many steps back.

    Args:
        norms: By the name of a network, the result of its `gradient_norms`,
            `(batch, steps)`; what is in the picture is the mean of the batch.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> network = keras_memory.zoo.RecurrentNetwork(3, 1, "elman", units=4)
    >>> norms = network.gradient_norms(np.ones((2, 5, 3), "float32"))
    >>> figure = gradients_by_distance({"Elman": norms})
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axis = figure.subplots()
    for name, array in norms.items():
        mean = np.mean(np.asarray(array), axis=0)[::-1]
        axis.semilogy(range(len(mean)), mean, label=name)
    axis.set_xlabel("steps between input and output")
    axis.set_ylabel("norm of the gradient")
    axis.locator_params("x", integer=True)
    axis.grid(alpha=0.3)
    axis.legend()
    return figure
