"""Elman's and Jordan's cells, against their formulas in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import ElmanCell, JordanCell, MemoryRNN

# All weights 1, no bias, the memory 0: the outputs that introductions work out by hand.
WORKED_INPUTS = [[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]
WORKED_OUTPUTS = [[4.0, 4.0], [12.0, 12.0], [32.0, 32.0]]


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def run(cell, sequences, training=False, mask=None):
    keras.utils.set_random_seed(3)
    rnn = MemoryRNN(cell, return_sequences=True)
    rnn(sequences)
    rng = np.random.default_rng(4)
    cell.set_weights([rng.normal(size=w.shape) for w in cell.get_weights()])
    outputs = rnn(sequences, training=training, mask=mask)
    return ops.convert_to_numpy(outputs), [
        np.asarray(w, "float64") for w in cell.get_weights()
    ]


def test_the_worked_example():
    cell = ElmanCell(2, 2, activation="linear", use_bias=False)
    cell.build((None, 2))
    cell.set_weights([np.ones((2, 2))] * 3)
    outputs = MemoryRNN(cell, return_sequences=True)(np.array([WORKED_INPUTS], "float32"))
    np.testing.assert_array_equal(ops.convert_to_numpy(outputs)[0], WORKED_OUTPUTS)


def test_the_worked_example_depends_on_the_order():
    cell = ElmanCell(2, 2, activation="linear", use_bias=False)
    cell.build((None, 2))
    cell.set_weights([np.ones((2, 2))] * 3)
    swapped = np.array([[WORKED_INPUTS[i] for i in (0, 2, 1)]], "float32")
    outputs = MemoryRNN(cell, return_sequences=True)(swapped)
    np.testing.assert_array_equal(ops.convert_to_numpy(outputs)[0, :, 0], [4.0, 16.0, 36.0])


@pytest.mark.parametrize("output_units", [None, 4])
def test_elman(rng, output_units):
    x = rng.normal(size=(2, 5, 3)).astype("float32")
    found, weights = run(ElmanCell(6, output_units), x)
    w, b, u, *out = weights
    h = np.zeros((2, 6))
    for t in range(5):
        h = np.tanh(x[:, t] @ w + b + h @ u)
        expected = h @ out[0] + out[1] if output_units else h
        np.testing.assert_allclose(found[:, t], expected, atol=1e-5)


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_jordan(rng, recurrent, training):
    """In training, the true outputs are fed back, else the network's own distribution."""
    x = rng.normal(size=(2, 5, 3)).astype("float32")
    true = np.eye(4, dtype="float32")[rng.integers(0, 4, (2, 5))]
    cell = JordanCell(6, 4, recurrent, teacher_forcing=True)
    found, weights = run(cell, np.concatenate([x, true], axis=-1), training)
    w, b, u = weights[:3]
    r = weights[3] if recurrent else np.zeros((6, 6))
    v, c = weights[-2:]
    h, y = np.zeros((2, 6)), np.zeros((2, 4))
    for t in range(5):
        h = np.tanh(x[:, t] @ w + b + (true[:, t] if training else y) @ u + h @ r)
        logits = h @ v + c
        y = softmax(logits)
        np.testing.assert_allclose(found[:, t], logits, atol=1e-5)


@pytest.mark.parametrize("cell", [ElmanCell(4), JordanCell(4, 3, recurrent=True)])
def test_masked_steps_are_not_there(rng, cell):
    x = rng.normal(size=(1, 5, 3)).astype("float32")
    mask = np.array([[True, False, True, True, False]])
    found, _ = run(cell, x, mask=mask)
    expected = MemoryRNN(cell, return_sequences=True)(x[:, [0, 2, 3]])
    np.testing.assert_allclose(found[:, [0, 2, 3]], expected, atol=1e-6)


def test_states_by_name():
    hybrid = JordanCell(4, 3, recurrent=True)
    assert hybrid.state_size == [3, 4]
    states = hybrid.by_name(hybrid.get_initial_state(2))
    assert {name: tuple(state.shape) for name, state in states.items()} == {
        "output": (2, 3),
        "hidden": (2, 4),
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ElmanCell(0), "positive integer for units"),
        (lambda: ElmanCell(3, 0), "positive integer for output_units"),
        (lambda: JordanCell(3, 0), "positive integer for output_units"),
        (
            lambda: JordanCell(3, 4, teacher_forcing=True).build((None, 4)),
            "more inputs than 4 of teacher_forcing",
        ),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
