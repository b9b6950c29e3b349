"""Against the equations of Grefenstette et al. (2015), section 3.4."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import (
    MemoryRNN,
    NeuralDeQue,
    NeuralQueue,
    NeuralStack,
    StructuredMemoryCell,
)

BATCH, STEPS, FEATURES, UNITS = 2, 6, 4, 5


def cell_of(*structures, **arguments):
    dtype = arguments.get("dtype")
    structures = [kind(width, dtype=dtype) for kind, width in structures]
    controller = keras.layers.Dense(UNITS, "tanh", dtype=dtype)
    return StructuredMemoryCell(controller, structures, **arguments)


def built(cell, rng):
    cell.build((BATCH, FEATURES))
    cell.set_weights([rng.normal(size=w.shape) for w in cell.get_weights()])
    return cell


def test_every_step(rng, naive):
    """Of two structures: what each takes from the controller, what goes back to it."""
    cell = built(cell_of((NeuralStack, 2), (NeuralDeQue, 3)), rng)
    weights = [w.astype("float64") for w in cell.get_weights()]
    kernel, bias, to_signals, of_signals = weights
    xs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    outputs, states = cell.trace(xs)
    alone = [NeuralStack(2, room=STEPS), NeuralDeQue(3, room=STEPS)]
    inside = [one.get_initial_state(BATCH) for one in alone]
    reads = np.zeros((BATCH, 2 + 6))
    for t in range(STEPS):
        hidden = np.tanh(np.hstack([xs[:, t], reads]) @ kernel + bias)
        signals = hidden @ to_signals + of_signals
        # Values, push, pop: 2, 1, 1 of the stack; 6, 2, 2 of the deque.
        is_value = np.array([1, 1, 0, 0] + [1] * 6 + [0] * 4, bool)
        signals = np.where(is_value, np.tanh(signals), naive.sigmoid(signals))
        found = []
        for i, part in enumerate((signals[:, :4], signals[:, 4:])):
            read, inside[i] = alone[i](part.astype("float32"), inside[i])
            found.append(ops.convert_to_numpy(read))
        reads = np.hstack(found)
        np.testing.assert_allclose(outputs[:, t], np.hstack([hidden, reads]), atol=1e-5)
        for i in range(2):
            for j, name in enumerate(("values", "strengths")):
                state = ops.reshape(states[f"{name}_{i}"][:, t], (BATCH, -1))
                np.testing.assert_allclose(state, inside[i][j], atol=1e-5)


def test_little_is_popped_at_first():
    cell = cell_of((NeuralQueue, 3), (NeuralDeQue, 2))
    cell.build((BATCH, FEATURES))
    expected = [0, 0, 0, 0, -1] + [0] * 6 + [-1, -1]
    np.testing.assert_array_equal(cell.interface.bias, expected)


def test_gradients_by_finite_differences(rng, check_gradients):
    for kind in (NeuralStack, NeuralQueue, NeuralDeQue):
        cell = built(cell_of((kind, 2), dtype="float64"), rng)
        layer = MemoryRNN(cell, return_sequences=True, dtype="float64")
        factor = rng.normal(size=(1, STEPS, cell.output_size))
        xs = rng.normal(size=(1, STEPS, FEATURES))
        check_gradients(lambda xs, layer=layer, f=factor: layer(xs) * f, xs)


def test_any_controller(rng):
    xs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    for controller in (
        keras.layers.GRUCell(3),
        keras.layers.StackedRNNCells([keras.layers.LSTMCell(4), keras.layers.LSTMCell(3)]),
    ):
        cell = StructuredMemoryCell(controller, NeuralQueue(2))
        assert MemoryRNN(cell)(xs).shape == (BATCH, 3 + 2)
        assert cell.output_size == 5


def test_weights_load_into_another_room(rng):
    cells = [
        StructuredMemoryCell(keras.layers.LSTMCell(3), NeuralQueue(2, room=room))
        for room in (STEPS, 4 * STEPS, None)
    ]
    xs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    outputs = []
    for cell in cells:
        cell.build((BATCH, FEATURES))
        cell.set_weights(cells[0].get_weights())
        outputs.append(ops.convert_to_numpy(MemoryRNN(cell)(xs)))
    for output in outputs[1:]:
        np.testing.assert_allclose(output, outputs[0], atol=1e-6)


def test_a_stream_goes_on_where_it_was(rng):
    cell = built(cell_of((NeuralDeQue, 3)), rng)
    rnn = MemoryRNN(cell, return_sequences=True, return_state=True)
    xs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    whole, *_ = rnn(xs)
    first = cell.get_initial_state(BATCH, STEPS)
    before, *states = rnn(xs[:, :4], initial_state=first)
    after, *_ = rnn(xs[:, 4:], initial_state=states)
    np.testing.assert_allclose(np.concatenate([before, after], 1), whole, atol=1e-6)


def test_stateful_with_a_room_starts_again_after_a_reset(rng):
    cell = StructuredMemoryCell(keras.layers.LSTMCell(3), NeuralStack(2, room=20))
    rnn = MemoryRNN(cell, stateful=True)
    xs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    first, second = (ops.convert_to_numpy(rnn(xs)) for _ in range(2))
    assert np.abs(first - second).max() > 1e-4
    rnn.reset_state()
    np.testing.assert_allclose(rnn(xs), first, atol=1e-6)


def test_config_has_a_list_of_structures():
    cell = cell_of((NeuralQueue, 3))
    again = StructuredMemoryCell.from_config(cell.get_config())
    assert [type(one) for one in again.structures] == [NeuralQueue]
    assert again.get_config() == cell.get_config()


@pytest.mark.parametrize("structure", [[], 3, [keras.layers.LSTMCell(2)]])
def test_what_is_not_a_structure_is_refused(structure):
    with pytest.raises(ValueError, match=r"Expected a structure, as NeuralStack\(8\)"):
        StructuredMemoryCell(keras.layers.LSTMCell(3), structure)
