"""Masks of sequences."""

import keras
import numpy as np

from keras_memory.layers import masks


def test_mask_of_lengths():
    found = masks.of_length(np.array([0, 2, 4], "int32"), np.full((3, 4), np.nan, "float32"))
    np.testing.assert_array_equal(found, [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]])


def test_mask_of_lengths_in_a_model_of_any_number_of_steps():
    sequences, length = keras.Input((None, 2)), keras.Input((), dtype="int32")
    mask = masks.of_length(length, sequences[..., 0])
    model = keras.Model([sequences, length], mask)
    for steps in (3, 5):
        found = model([np.ones((2, steps, 2), "float32"), np.array([1, steps], "int32")])
        assert np.asarray(found).sum(-1).tolist() == [1, steps]
