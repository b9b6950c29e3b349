"""A recurrent layer that points, against its formula step by step."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import layers

B, T, N, X, M, U = 2, 3, 5, 4, 6, 7


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(B, T, X)).astype("float32")


@pytest.fixture
def memory(rng):
    return rng.normal(size=(B, N, M)).astype("float32")


def additive(score, query, key):
    """v · tanh(W q + U k), in NumPy."""
    w, u, v = (
        np.asarray(x, "float64") for x in (score.query_kernel, score.key_kernel, score.scale)
    )
    hidden = np.tanh((query @ w)[:, :, None] + (key @ u)[:, None])
    return (hidden @ v)[..., 0]


def states_of(layer, inputs, states):
    """The cell's outputs, one step after the other."""
    outputs = []
    for t in range(inputs.shape[1]):
        output, states = layer.cell(inputs[:, t], states)
        outputs.append(np.asarray(output, "float64"))
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("has_glimpse", [False, True])
def test_logits_are_the_scores_of_states_and_memory(inputs, memory, rng, has_glimpse):
    glimpse = layers.Attention("additive") if has_glimpse else None
    layer = layers.PointerRNN(keras.layers.LSTMCell(U), glimpse=glimpse)
    start = [rng.normal(size=(B, U)).astype("float32") for _ in range(2)]
    logits = np.asarray(layer(inputs, memory, initial_state=start))
    query = states_of(layer, inputs, start)
    if has_glimpse:
        scores = additive(glimpse.score, query, memory)
        weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
        query = np.concatenate([query, weights @ memory], axis=-1)
    expected = additive(layer.pointer.score, query, memory)
    np.testing.assert_allclose(logits, expected, atol=1e-5)


@pytest.mark.parametrize("has_glimpse", [False, True])
def test_step_by_step_is_the_same(inputs, memory, has_glimpse):
    glimpse = layers.Attention("additive") if has_glimpse else None
    layer = layers.PointerRNN(keras.layers.GRUCell(U), glimpse=glimpse)
    mask = np.arange(N) < np.array([[3], [5]])
    expected = np.asarray(layer(inputs, memory, memory_mask=mask))
    reader = layer.reader(ops.convert_to_tensor(memory), ops.convert_to_tensor(mask))
    states = [ops.zeros((B, U))]
    for t in range(T):
        logits, states = layer.step(ops.convert_to_tensor(inputs[:, t]), states, reader)
        np.testing.assert_allclose(np.asarray(logits), expected[:, t], atol=1e-5)


def test_masked_keys_have_no_probability_and_change_nothing(inputs, memory):
    layer = layers.PointerRNN(keras.layers.LSTMCell(U), glimpse=layers.Attention("additive"))
    mask = np.arange(N) < np.array([[3], [4]])
    first = ops.softmax(layer(inputs, memory, memory_mask=mask))
    memory = np.where(mask[..., None], memory, 1e3).astype("float32")
    second = ops.softmax(layer(inputs, memory, memory_mask=mask))
    np.testing.assert_array_equal(np.asarray(first), np.asarray(second))
    assert not np.asarray(first)[:, 0, 4].any()


def test_other_pointers_and_bad_parts(inputs, memory):
    pointer = layers.PointerAttention("bilinear")
    layer = layers.PointerRNN(keras.layers.LSTMCell(U), pointer)
    assert layer(inputs, memory).shape == (B, T, N)
    with pytest.raises(ValueError, match="Expected a cell, as keras.layers.GRUCell"):
        layers.PointerRNN(keras.layers.LSTM(U))
    with pytest.raises(ValueError, match="Expected inputs .batch, steps, dim. and memory"):
        layers.PointerRNN(keras.layers.LSTMCell(U))(inputs, memory[0])


def test_a_learned_vector_comes_first(inputs):
    layer = layers.LearnedFirst("ones")
    found = np.asarray(layer(inputs))
    assert found.shape == (B, T + 1, X)
    assert (found[:, 0] == 1).all()
    np.testing.assert_array_equal(found[:, 1:], inputs)
