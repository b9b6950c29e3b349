import keras
import numpy as np
import pytest

from keras_memory.layers import MemoryRNN, NTMCell

BATCH, STEPS, FEATURES = 3, 5, 4


def ntm_cell():
    return NTMCell(keras.layers.LSTMCell(6), memory_slots=8, memory_width=5, num_heads=2)


def pair(make_cell, **arguments):
    """MemoryRNN and keras.layers.RNN around cells of the same weights."""
    ours, theirs = (rnn(make_cell(), **arguments) for rnn in (MemoryRNN, keras.layers.RNN))
    for layer in (ours, theirs):
        layer.build((BATCH, STEPS, FEATURES))
    theirs.set_weights(ours.get_weights())
    return ours, theirs


@pytest.fixture
def sequences(rng):
    return rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")


def assert_same(found, expected):
    for one, other in zip(
        keras.tree.flatten(found), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"return_sequences": True},
        {"return_sequences": True, "return_state": True},
        {"return_sequences": True, "go_backwards": True},
        {"return_sequences": True, "unroll": True},
    ],
    ids=lambda arguments: "+".join(arguments) or "plain",
)
def test_equals_rnn(arguments, sequences):
    ours, theirs = pair(ntm_cell, **arguments)
    assert_same(ours(sequences), theirs(sequences))


MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 0]], bool)


@pytest.mark.only(
    "tensorflow", "torch", because="Keras's loop on JAX takes no mask of states of two widths"
)
@pytest.mark.parametrize("zeros", [False, True])
def test_equals_rnn_with_a_mask(zeros, sequences):
    arguments = {"return_sequences": True, "return_state": True}
    ours, theirs = pair(ntm_cell, zero_output_for_mask=zeros, **arguments)
    assert_same(ours(sequences, mask=MASK), theirs(sequences, mask=MASK))


@pytest.mark.parametrize("make_cell", [ntm_cell, lambda: keras.layers.LSTMCell(6)])
def test_masked_steps_change_no_state_and_repeat_the_output(make_cell, sequences):
    layer = MemoryRNN(make_cell(), return_sequences=True, return_state=True)
    outputs, *states = layer(sequences, mask=MASK)
    for row, mask in enumerate(MASK):
        expected, *last = layer(sequences[row : row + 1, mask])
        expected = np.concatenate([np.zeros_like(expected[:, :1]), expected], axis=1)
        np.testing.assert_allclose(outputs[row], expected[0, np.cumsum(mask)], atol=1e-6)
        for found, state in zip(states, last, strict=True):
            np.testing.assert_allclose(found[row], state[0], atol=1e-6)


def test_masked_sequences_have_gradients(sequences, gradients):
    layer = MemoryRNN(ntm_cell())
    whole, *_ = gradients(lambda x: layer(x), sequences[1:2, :3])
    masked, *_ = gradients(lambda x: layer(x, mask=MASK), sequences)
    np.testing.assert_allclose(masked[1, :3], whole[0], atol=1e-6)
    assert not masked[1, 3:].any() and not masked[2, ~MASK[2]].any()


def test_equals_rnn_from_a_given_state(sequences, rng):
    ours, theirs = pair(lambda: keras.layers.GRUCell(6))
    state = rng.normal(size=(BATCH, 6)).astype("float32")
    assert_same(ours(sequences, initial_state=state), theirs(sequences, initial_state=state))


def test_gradients_equal_those_of_rnn(sequences, gradients):
    ours, theirs = pair(ntm_cell)
    for found, expected in zip(
        gradients(ours, sequences), gradients(theirs, sequences), strict=True
    ):
        assert np.any(found)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def fitted(layer, sequences):
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), layer])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    targets = np.ones((BATCH, layer.cell.output_size), "float32")
    losses = model.fit(sequences, targets, epochs=3, shuffle=False, verbose=0).history["loss"]
    return losses, model.get_weights()


def test_training_equals_that_of_rnn(sequences):
    ours, theirs = pair(ntm_cell)
    before = ours.get_weights()
    (losses, weights), (expected_losses, expected_weights) = (
        fitted(layer, sequences) for layer in (ours, theirs)
    )
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-5)
    for found, expected, first in zip(weights, expected_weights, before, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert not np.allclose(found, first, atol=1e-7)


def test_frozen_cell_does_not_learn(sequences):
    ours, _ = pair(ntm_cell)
    ours.cell.trainable = False
    before = ours.get_weights()
    _, after = fitted(ours, sequences)
    assert_same(after, before)


def test_random_cell_samples_anew(sequences):
    def dropping():
        return keras.layers.LSTMCell(6, dropout=0.5, seed=3)

    ours, theirs = pair(dropping)
    first, second = (np.asarray(ours(sequences, training=True)) for _ in range(2))
    assert not np.allclose(first, second)
    assert_same([first, second], [theirs(sequences, training=True) for _ in range(2)])
    assert_same(ours(sequences), ours(sequences))


@keras.saving.register_keras_serializable(package="tests")
class DroppingCell(keras.layers.Layer):
    """A cell that samples random numbers inside the time loop."""

    state_size = output_size = 6

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 6))
        self.dropout = keras.layers.Dropout(0.5, seed=3)

    def call(self, inputs, states, training=None):
        output = self.dropout(inputs @ self.kernel, training=training) + states[0]
        return output, [output]


@pytest.mark.only("tensorflow", "torch", because="JAX's loop keeps no state of a seed")
def test_cell_that_samples_in_the_loop(sequences):
    ours, theirs = pair(DroppingCell)
    found = [np.asarray(ours(sequences, training=True)) for _ in range(2)]
    assert not np.allclose(*found)
    assert_same(found, [theirs(sequences, training=True) for _ in range(2)])
    assert_same(fitted(ours, sequences), fitted(theirs, sequences))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_wide_cell_in_a_narrow_layer(policy, sequences):
    """The weights of a float32 cell stay so, whatever the policy of the layer."""

    def wide_cell():
        return NTMCell(
            keras.layers.LSTMCell(6, dtype="float32"),
            memory_slots=8,
            memory_width=5,
            dtype="float32",
        )

    ours, theirs = pair(wide_cell, dtype=policy)
    assert_same(ours(sequences), theirs(sequences))
