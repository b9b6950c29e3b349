"""Every entry of the table gives the numbers that it gave: outputs and states, stored once.

`python tests/conformance/test_goldens.py` adds the goldens of new entries to `goldens.npz`;
those that are stored stay as they are.
"""

from pathlib import Path

import keras
import numpy as np
import pytest
from crossing import every_entry
from keras import ops
from table import TABLE

GOLDENS = Path(__file__).with_name("goldens.npz")


def states_after(model, inputs):
    """What a memory holds after the inputs: the states of a cell, after the last step."""
    layer = model if isinstance(model, keras.layers.RNN) else None
    for inner in getattr(model, "layers", []):
        layer = inner if isinstance(inner, keras.layers.RNN) else layer
    if layer is None:
        return []
    sequences = next(iter(inputs.values()))
    first = layer.cell.get_initial_state(len(sequences))
    return layer.inner_loop(ops.convert_to_tensor(sequences), first, None)[2]


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
        scale = max(1, np.abs(golden[golden > -1e6]).max(initial=0))  # masked ones aside
        np.testing.assert_allclose(array, golden, atol=1e-5 * scale, rtol=1e-5)


def add_goldens():
    stored = {}
    if GOLDENS.exists():
        with np.load(GOLDENS) as old:
            stored = dict(old)
    for entry in TABLE:
        if f"{entry.name}/numbers/0" in stored:
            continue
        inputs, weights = entry.arrays(), entry.weights
        found = numbers(entry, weights, inputs)
        for kind, arrays in (("weights", weights), ("numbers", found)):
            stored |= {f"{entry.name}/{kind}/{i}": array for i, array in enumerate(arrays)}
        stored |= {f"{entry.name}/inputs/{name}": array for name, array in inputs.items()}
    np.savez_compressed(GOLDENS, **stored)


if __name__ == "__main__":
    add_goldens()
