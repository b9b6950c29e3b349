"""Any cell controls a memory cell; its dropout is as in Keras's RNN."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import MemoryCell, MemoryRNN, NTMCell
from keras_memory.layers.machines.controller import Controller
from keras_memory.layers.time_loop import dropout_masks

BATCH, STEPS, FEATURES = 3, 5, 4


@pytest.fixture
def sequences(rng):
    return rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")


def assert_same(found, expected, **tolerance):
    for one, other in zip(
        keras.tree.flatten(found), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_allclose(
            *map(ops.convert_to_numpy, (one, other)), **{"atol": 1e-6, **tolerance}
        )


DROPPING = {
    "lstm": lambda **rates: keras.layers.LSTMCell(6, seed=1, **rates),
    "gru": lambda **rates: keras.layers.GRUCell(6, seed=1, **rates),
    "simple": lambda **rates: keras.layers.SimpleRNNCell(6, seed=1, **rates),
    "stacked": lambda **rates: keras.layers.StackedRNNCells(
        [
            keras.layers.LSTMCell(5, seed=1, **rates),
            keras.layers.GRUCell(6, seed=2, **rates),
        ]
    ),
}


@keras.saving.register_keras_serializable(package="tests")
class Inner(MemoryCell):
    """Nothing but a controller."""

    def __init__(self, controller, **kwargs):
        super().__init__(**kwargs)
        self.controller = controller
        self._control = Controller(controller)
        self.output_size = self._control.units

    @property
    def state_shapes(self):
        return self._control.state_shapes

    def build(self, input_shape):
        if not self.controller.built:
            self.controller.build(input_shape)

    def step(self, inputs, state, training=None):
        return self._control.step(inputs, state, training)


@pytest.mark.parametrize("rates", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}], ids=str)
@pytest.mark.parametrize("kind", DROPPING)
class TestDropout:
    def test_equals_that_of_keras(self, kind, rates, sequences):
        """The masks are the same at every step, those of the bare cell in Keras's RNN."""
        ours = MemoryRNN(Inner(DROPPING[kind](**rates)), return_sequences=True)
        theirs = keras.layers.RNN(DROPPING[kind](**rates), return_sequences=True)
        for layer in (ours, theirs):
            layer.build((BATCH, STEPS, FEATURES))
        theirs.set_weights(ours.get_weights())
        found = [ops.convert_to_numpy(ours(sequences, training=True)) for _ in range(2)]
        assert not np.allclose(*found, atol=1e-4)
        if kind != "stacked":  # of which Keras samples in another order
            assert_same(found, [theirs(sequences, training=True) for _ in range(2)])
        assert_same(ours(sequences), theirs(sequences))

    def test_the_mask_stays_within_a_sequence(self, kind, rates, sequences):
        """Each of the steps alone, with the masks fixed, gives what the sequence gave."""
        cell = Inner(DROPPING[kind](**rates))
        cell.build((None, FEATURES))
        with dropout_masks(cell, BATCH):
            states, outputs = cell.get_initial_state(BATCH), []
            for t in range(STEPS):
                output, states = cell(sequences[:, t], states, training=True)
                outputs.append(output)
            whole = keras.layers.RNN(cell, return_sequences=True)(sequences, training=True)
            assert_same(ops.stack(outputs, axis=1), whole)

    def test_training_with_a_last_batch_that_is_smaller(self, kind, rates, sequences):
        model = keras.Sequential([MemoryRNN(Inner(DROPPING[kind](**rates)))])
        model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=False)
        targets = np.ones((BATCH, 6), "float32")
        losses = model.fit(sequences, targets, epochs=4, verbose=0).history["loss"]
        assert len(set(losses)) == 4
        model.fit(sequences, targets, batch_size=2, verbose=0)
        assert_same(model(sequences), model(sequences))


def test_controllers_that_are_not():
    with pytest.raises(ValueError, match="Expected a controller: a cell"):
        NTMCell(7)
    with pytest.raises(ValueError, match="Expected a cell"):
        NTMCell(keras.layers.LSTM(4))


def test_a_model_of_layers_controls(sequences):
    """As wide as its last layer that has units."""
    controller = keras.Sequential(
        [
            keras.layers.Dense(7, "tanh"),
            keras.layers.Dense(6),
            keras.layers.Activation("relu"),
        ]
    )
    cell = NTMCell(controller, memory_slots=5, memory_width=3)
    assert cell.controller_units == 6
    layer = MemoryRNN(cell)
    assert layer(sequences).shape == (BATCH, 6 + 3)
    again = MemoryRNN.from_config(layer.get_config())
    again.build(sequences.shape)
    assert len(again.weights) == len(layer.weights)
