"""The decoder with attention, against NumPy and against itself, step by step."""

import keras
import numpy as np
import pytest

from keras_memory.layers import (
    Attention,
    AttentionRNN,
    LocalAttention,
    MonotonicAttention,
    MultiHeadAttention,
)

INPUTS, MEMORY, UNITS = (2, 4, 3), (2, 5, 6), 7


@pytest.fixture
def arrays(rng):
    return [rng.normal(size=shape).astype("float32") for shape in (INPUTS, MEMORY)]


def naive(layer, inputs, memory, state):
    """A plain recurrent network with additive attention, from the formulas, in float64."""
    w, u, v = (np.float64(x) for x in layer.attention.get_weights())
    kernel, recurrent, bias = (np.float64(x) for x in layer.cell.get_weights())
    outputs, all_weights = [], []
    for x in np.moveaxis(inputs, 1, 0):
        scores = np.tanh((state @ w)[:, None] + memory @ u) @ v[:, 0]
        powers = np.exp(scores)
        weights = powers / powers.sum(axis=-1, keepdims=True)
        read = np.einsum("bk,bkd->bd", weights, memory)
        state = np.tanh(
            np.concatenate([x, read], axis=-1) @ kernel + state @ recurrent + bias
        )
        outputs.append(np.concatenate([state, read], axis=-1))
        all_weights.append(weights)
    return np.stack(outputs, axis=1), np.stack(all_weights, axis=1)


def test_it_reads_before_each_step(arrays, rng):
    inputs, memory = arrays
    state = rng.normal(size=(2, UNITS)).astype("float32")
    layer = AttentionRNN(keras.layers.SimpleRNNCell(UNITS))
    found, weights = layer(inputs, memory, initial_state=state, return_attention_scores=True)
    expected, expected_weights = naive(layer, inputs, memory, state)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(weights, expected_weights, atol=1e-5)


def test_it_starts_from_the_cells_own_state(arrays):
    layer = AttentionRNN(keras.layers.SimpleRNNCell(UNITS))
    found = layer(*arrays)
    zeros = np.zeros((2, UNITS), "float32")
    np.testing.assert_allclose(found, layer(*arrays, initial_state=zeros), atol=1e-6)


@pytest.mark.parametrize(
    ("cell", "attention"),
    [
        (keras.layers.LSTMCell, lambda: Attention("bilinear", "sparsemax")),
        (keras.layers.GRUCell, lambda: MultiHeadAttention(2, 4, output_dim=9)),
    ],
)
def test_steps_make_the_sequence(cell, attention, arrays):
    """Whatever the cell and the attention: so a decoder may go step by step."""
    inputs, memory = arrays
    mask = np.array([[True] * 5, [True] * 2 + [False] * 3])
    layer = AttentionRNN(cell(UNITS), attention())
    expected = layer(inputs, memory, memory_mask=mask)
    states, reader = layer.cell.get_initial_state(2), layer.reader(memory, mask)
    states = states if isinstance(states, list) else [states]
    for i in range(INPUTS[1]):
        output, states, _ = layer.step(inputs[:, i], states, reader)
        np.testing.assert_allclose(output, expected[:, i], atol=1e-5)


def test_weights_of_heads(arrays):
    """And that what is symbolic has the shapes of what is not."""
    layer = AttentionRNN(keras.layers.GRUCell(UNITS), MultiHeadAttention(3, 4))
    symbols = [keras.Input(array.shape[1:]) for array in arrays]
    found = layer(*arrays, return_attention_scores=True)
    specs = layer(*symbols, return_attention_scores=True)
    assert found[0].shape == (2, 4, 2 * UNITS)  # the read is as wide as the query
    assert found[1].shape == (2, 4, 3, 5)
    for output, spec in zip(found, specs, strict=True):
        assert tuple(output.shape[1:]) == spec.shape[1:]


def test_what_is_no_part_of_it():
    cell = keras.layers.GRUCell(UNITS)
    for attention in (MonotonicAttention(), LocalAttention(1), "dot"):
        with pytest.raises(ValueError, match="Expected an Attention or a MultiHead"):
            AttentionRNN(cell, attention)
    with pytest.raises(ValueError, match="Expected a cell, as"):
        AttentionRNN(keras.layers.GRU(UNITS))


def test_drawing_in_training(arrays, backend):
    layer = AttentionRNN(keras.layers.GRUCell(6), Attention("additive", dropout=0.5, seed=1))
    still = layer(*arrays)
    if backend == "jax":
        with pytest.raises(ValueError, match="neither samples nor drops, to train on JAX"):
            layer(*arrays, training=True)
    else:
        assert not np.allclose(layer(*arrays, training=True), still)
        assert not np.allclose(layer(*arrays, training=True), layer(*arrays, training=True))


def test_bad_shapes(arrays):
    inputs, memory = arrays
    layer = AttentionRNN(keras.layers.GRUCell(UNITS))
    with pytest.raises(ValueError, match=r"memory_dim\) for .*memory \(2, 6\)"):
        layer(inputs, memory[:, 0])
    layer = AttentionRNN(keras.layers.GRUCell(UNITS))
    with pytest.raises(ValueError, match="memory_mask"):
        layer(inputs, memory, memory_mask=np.ones((2, 4), bool))
