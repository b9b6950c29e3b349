"""Masks of sequences."""

import keras
import numpy as np
import pytest

from keras_memory.layers import masks


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 2), (3, 4, 2, 5)])
def test_mask_of_lengths(shape):
    sequences = np.full(shape, np.nan, "float32")
    found = masks.of_length(np.array([0, 2, 4], "int32"), sequences)
    np.testing.assert_array_equal(found, [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]])


def test_mask_of_lengths_in_a_model_of_any_number_of_steps():
    sequences, length = keras.Input((None, 2)), keras.Input((), dtype="int32")
    model = keras.Model([sequences, length], masks.of_length(length, sequences))
    for steps in (3, 5):
        found = model([np.ones((2, steps, 2), "float32"), np.array([1, steps], "int32")])
        assert np.asarray(found).sum(-1).tolist() == [1, steps]
