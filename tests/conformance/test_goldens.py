"""Every entry of the table gives the numbers that it gave: outputs and states, stored once.

Each number is compared to 1e-5, and to 1e-5 of itself where it is above 1. States are those
after the last step, of `keras.layers.RNN` and its kin, `AttentionRNN`, `PointerRNN`,
`SparseAttentiveBacktracking` and `WindowRNN`; of models, those of a `keras.layers.RNN` in
them.

`python tests/conformance/test_goldens.py` adds to `goldens.npz` what is missing there; what
is stored stays as it is.
"""

from pathlib import Path

import keras
import numpy as np
import pytest
from crossing import every_entry
from keras import ops
from table import TABLE

from keras_memory import layers, zoo
from keras_memory.layers.time_loop import first_states

GOLDENS = Path(__file__).with_name("goldens.npz")


def states_after(model, inputs):
    """What is carried from step to step, after the last one; nothing where nothing is."""
    parts = [model, *getattr(model, "layers", [])]
    tensors = {name: ops.convert_to_tensor(array) for name, array in inputs.items()}

    def last(*kinds):
        return next((part for part in reversed(parts) if isinstance(part, kinds)), None)

    if "memory" in inputs and (layer := last(layers.WindowRNN)):
        return states_of_window(layer, **tensors)
    if "memory" in inputs and (layer := last(layers.AttentionRNN, layers.PointerRNN)):
        return states_of_decoder(layer, **tensors)
    if "inputs" in inputs and (layer := last(layers.SparseAttentiveBacktracking)):
        return states_of_backtracking(layer, **tensors)
    if isinstance(model, zoo.HandwritingRNN):  # whose layers are not of what comes in
        return []
    sequences = next(iter(tensors.values()))
    if (layer := last(keras.layers.RNN)) and len(sequences.shape) == 3:
        batch, steps = sequences.shape[:2]
        sizes = keras.tree.flatten(layer.cell.state_size)
        first = layer.cell.get_initial_state(
            batch, **({"steps": steps} if None in sizes else {})
        )
        return layer.inner_loop(sequences, first, None)[2]
    return []


def states_of_decoder(layer, inputs, memory, memory_mask):
    """Of the cell; of `AttentionRNN` also the weights of the last step."""
    states = first_states(layer.cell, len(inputs))
    reader = layer.reader(memory, memory_mask)
    for t in range(inputs.shape[1]):
        _, states, *weights = layer.step(inputs[:, t], states, reader)
    return [*states, *weights]


def states_of_window(layer, inputs, memory, memory_mask):
    """Of the window and the cell; and the weights of the last step."""
    states = layer.initial_states(memory)
    memory = ops.where(memory_mask[..., None], memory, 0)
    for t in range(inputs.shape[1]):
        _, states, weights = layer.step(inputs[:, t], states, memory, memory_mask)
    return [*states, weights]


def states_of_backtracking(layer, inputs, mask=None):
    """Of the cell; and what was retrieved, and the microstates."""
    batch, steps = inputs.shape[:2]
    mask = ops.ones((batch, steps), bool) if mask is None else mask
    rows = ops.concatenate([inputs, ops.cast(mask, inputs.dtype)[..., None]], axis=-1)
    slots = steps // layer.k_att
    state = layer._first_state(batch, steps, slots, None)
    for t in range(steps):
        _, state = layer._step(rows[:, t], state, slots, False)
    retrieved = [] if layer.k_top == 0 else [state["retrieved"], state["memory"][:, :slots]]
    return [*state["cell"], *retrieved]


def numbers(entry, weights, inputs):
    """The outputs, then the states, in float32."""
    model = entry.build(weights)
    states = [ops.cast(state, "float32") for state in states_after(model, inputs)]
    return [*entry.answer(model, inputs), *map(ops.convert_to_numpy, states)]


def group(goldens, entry, kind):
    prefix = f"{entry.name}/{kind}/"
    return {k.removeprefix(prefix): v for k, v in goldens.items() if k.startswith(prefix)}


@pytest.fixture(scope="module")
def goldens():
    with np.load(GOLDENS) as stored:
        return dict(stored)


@every_entry
def test_golden(entry, goldens):
    inputs = group(goldens, entry, "inputs")
    weights = group(goldens, entry, "weights")
    expected = group(goldens, entry, "numbers")
    assert expected, f"no golden of {entry.name}: run python {Path(__file__).name}"
    found = numbers(entry, [weights[str(i)] for i in range(len(weights))], inputs)
    assert len(found) == len(expected)
    for i, array in enumerate(found):
        golden = expected[str(i)]
        assert array.shape == golden.shape
        np.testing.assert_allclose(array, golden, atol=1e-5, rtol=1e-5)


def add_goldens():
    stored = {}
    if GOLDENS.exists():
        with np.load(GOLDENS) as old:
            stored = dict(old)
    for entry in TABLE:
        inputs = group(stored, entry, "inputs") or entry.arrays()
        weights = group(stored, entry, "weights")
        weights = [weights[str(i)] for i in range(len(weights))] or entry.weights
        found = numbers(entry, weights, inputs)
        for kind, arrays in (("weights", weights), ("numbers", found)):
            for i, array in enumerate(arrays):
                stored.setdefault(f"{entry.name}/{kind}/{i}", array)
        for name, array in inputs.items():
            stored.setdefault(f"{entry.name}/inputs/{name}", array)
    np.savez_compressed(GOLDENS, **stored)


if __name__ == "__main__":
    add_goldens()
