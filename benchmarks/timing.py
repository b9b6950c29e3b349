"""What the benchmarks share: a training step of a cell, rounds, and curves of cost."""

import statistics
import time

import numpy as np
from matplotlib.figure import Figure


def training_step(cell, shape, clock=time.perf_counter):
    """A function that trains a cell by one batch `(batch, steps, features)` of noise, and
    returns the seconds it took, by a clock."""
    import keras

    from keras_memory import layers

    inputs = keras.Input(shape[1:], batch_size=shape[0])
    outputs = layers.MemoryRNN(cell, return_sequences=True)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(shape[-1])(outputs))
    model.compile("sgd", "mse", jit_compile=keras.backend.backend() != "torch")
    sequences = np.random.default_rng(0).random(shape, dtype="float32")
    model.train_on_batch(sequences, sequences)

    def once():
        started = clock()
        model.train_on_batch(sequences, sequences)
        return clock() - started

    return once


def least(once, rounds, at_least=3, seconds=10):
    """The least time of several rounds; fewer of them where they take long."""
    times = []
    while len(times) < at_least or (len(times) < rounds and sum(times) < seconds):
        times.append(once())
    return min(times)


def medians(timed, rounds):
    """The median of each, their rounds taken in turn: a ratio of them holds on a machine
    whose speed drifts."""
    seconds = {name: [] for name in timed}
    for _ in range(rounds):
        for name, once in timed.items():
            seconds[name].append(once())
    return {name: statistics.median(values) for name, values in seconds.items()}


def relative(cost):
    """Costs by size as ratios to that of the first size."""
    first = next(iter(cost.values()))
    return {size: seconds / first for size, seconds in cost.items()}


def draw(panels, path):
    """Log-log curves: `{x label: {curve: {size: relative cost}}}`, a panel each."""
    figure = Figure(figsize=(4.5 * len(panels), 3.5), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (label, curves) in zip(axes, panels.items(), strict=True):
        for name, costs in curves.items():
            axis.plot(list(costs), list(costs.values()), "o-", label=name)
        sizes = list(next(iter(curves.values())))
        linear = [size / sizes[0] for size in sizes]
        axis.plot(sizes, linear, "--", color="gray", label="proportional")
        axis.set(xscale="log", yscale="log", xlabel=label, ylabel="time, relative")
        axis.set_xticks(sizes, [str(size) for size in sizes])
        axis.minorticks_off()
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
