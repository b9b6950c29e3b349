"""A recurrent layer with a window, against the equations of Graves (2013) in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import GaussianWindowAttention, WindowRNN

BATCH, STEPS, KEYS, DIM, WIDTH, UNITS = 2, 6, 5, 3, 4, 7


@pytest.fixture
def layer(rng):
    layer = WindowRNN(keras.layers.LSTMCell(UNITS), GaussianWindowAttention(2, speed=0.3))
    layer.build((None, None, DIM), (None, None, WIDTH))
    layer.set_weights([rng.normal(size=w.shape) * 0.5 for w in layer.get_weights()])
    return layer


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(BATCH, STEPS, DIM)).astype("float32")


@pytest.fixture
def memory(rng):
    return rng.normal(size=(BATCH, KEYS, WIDTH)).astype("float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_definition(layer, inputs, memory):
    """Outputs, weights and positions of one example, step by step."""
    kernel, recurrent, bias, of_window, window_bias = (
        np.asarray(w, "float64") for w in layer.get_weights()
    )
    h, c, w, kappa = np.zeros(UNITS), np.zeros(UNITS), np.zeros(WIDTH), -np.ones(2)
    found = []
    for x in inputs:
        z = np.concatenate([x, w]) @ kernel + h @ recurrent + bias
        i, f, g, o = np.split(z, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        alpha, beta, step = np.split(np.exp(h @ of_window + window_bias), 3)
        kappa = kappa + step
        phi = np.array(
            [np.sum(alpha * np.exp(-beta * (kappa - u) ** 2)) for u in range(KEYS)]
        )
        w = phi @ memory
        found.append((np.concatenate([h, w]), phi, kappa))
    return [np.array(part) for part in zip(*found, strict=True)]


def test_the_equations(layer, inputs, memory):
    found = layer(inputs, memory, return_attention_scores=True, return_position=True)
    for b in range(BATCH):
        for part, expected in zip(
            found, by_definition(layer, inputs[b], memory[b]), strict=True
        ):
            part = ops.convert_to_numpy(part)[b]
            np.testing.assert_allclose(part, expected, rtol=1e-4, atol=1e-5)


def test_the_window_never_goes_back(layer, inputs, memory):
    """Whatever comes in: numbers of 1e6, too."""
    for scale in (1, 1e6):
        _, positions = layer(scale * inputs, memory, return_position=True)
        positions = ops.convert_to_numpy(positions)
        assert positions.shape == (BATCH, STEPS, 2)
        assert (np.diff(positions, axis=1) > 0).all()
        assert (positions[:, 0] > -1).all()


def test_steps_give_what_the_sequence_gives(layer, inputs, memory):
    states, outputs = layer.initial_states(memory), []
    for t in range(STEPS):
        output, states, _ = layer.step(inputs[:, t], states, memory)
        outputs.append(ops.convert_to_numpy(output))
    whole = ops.convert_to_numpy(layer(inputs, memory))
    np.testing.assert_allclose(np.stack(outputs, axis=1), whole, atol=1e-5)


def test_padding_of_the_memory_is_not_read(layer, inputs, memory):
    mask = np.arange(KEYS) < np.array([[KEYS], [3]])
    changed = np.where(mask[..., None], memory, np.nan)
    found = ops.convert_to_numpy(layer(inputs, changed, memory_mask=mask))
    alone = ops.convert_to_numpy(layer(inputs[1:], memory[1:, :3]))
    np.testing.assert_allclose(found[1:], alone, atol=1e-5)


def test_bad_arguments(inputs, memory):
    with pytest.raises(ValueError, match="window. Received: soft"):
        WindowRNN(keras.layers.LSTMCell(2), "soft")
    with pytest.raises(ValueError, match="cell"):
        WindowRNN(keras.layers.LSTM(2))
    with pytest.raises(ValueError, match="memory_mask"):
        WindowRNN(keras.layers.LSTMCell(2))(inputs, memory, memory_mask=np.ones((2, 3), bool))
    with pytest.raises(ValueError, match="Expected inputs"):
        WindowRNN(keras.layers.LSTMCell(2))(inputs, memory[0])
