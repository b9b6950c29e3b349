"""A cell whose outputs carry its states."""

import keras
import numpy as np
import pytest

from keras_memory.layers import MemoryRNN, NTMCell, TracedCell

BATCH, STEPS, FEATURES = 3, 5, 4


def ntm_cell():
    return NTMCell(keras.layers.LSTMCell(6), memory_slots=8, memory_width=5, num_heads=2)


@pytest.fixture
def sequences(rng):
    return rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")


def assert_same(found, expected):
    for one, other in zip(
        keras.tree.flatten(found), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_traced_cell(sequences):
    cell = ntm_cell()
    plain = keras.layers.RNN(cell, return_sequences=True, return_state=True)
    outputs, *last = plain(sequences)
    traced = MemoryRNN(TracedCell(cell), return_sequences=True)(sequences)
    assert traced.shape == (BATCH, STEPS, cell.output_size + sum(cell.state_size))
    np.testing.assert_allclose(traced[..., : cell.output_size], outputs, atol=1e-6)
    flat_state = np.concatenate([np.asarray(state) for state in last], axis=-1)
    np.testing.assert_allclose(traced[:, -1, cell.output_size :], flat_state, atol=1e-6)


def test_traced_cell_shares_its_weights():
    cell = ntm_cell()
    cell.build((None, FEATURES))
    traced = TracedCell(cell)
    traced.build((None, FEATURES))
    assert [id(w) for w in traced.weights] == [id(w) for w in cell.weights]
    assert traced.state_size == cell.state_size


def test_traced_cell_builds_its_cell(sequences):
    traced = TracedCell(ntm_cell())
    MemoryRNN(traced)(sequences)
    assert traced.cell.built
    again = TracedCell.from_config(traced.get_config())
    assert again.get_config() == traced.get_config()


def test_traced_cell_drops_out_in_training_alone(sequences):
    traced = MemoryRNN(TracedCell(keras.layers.LSTMCell(6, recurrent_dropout=0.5)))
    assert_same(traced(sequences), traced(sequences))
    assert not np.allclose(traced(sequences, training=True), traced(sequences), atol=1e-4)


def test_a_state_as_long_as_the_sequence_is_refused():
    class Unbounded(keras.layers.Layer):
        state_size, output_size = [None], 3

    with pytest.raises(ValueError, match=r"Expected a cell whose state has a size.*\[None\]"):
        TracedCell(Unbounded())
