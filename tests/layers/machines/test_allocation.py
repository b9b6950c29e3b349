"""Against the equations of Graves et al. (2016), written naively in NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_memory.layers import allocation_weights, retention, slot_usage


def naive_allocation(usage):
    order = np.argsort(np.round(2**12 * usage), kind="stable")
    weights, product = np.zeros_like(usage), 1.0
    for slot in order:
        weights[slot] = (1 - usage[slot]) * product
        product *= usage[slot]
    return weights


@settings(max_examples=50, deadline=None)  # JAX compiles meanwhile
@given(st.lists(st.floats(0, 1, width=32), min_size=7, max_size=7))
def test_allocation(usage):
    usage = np.array(usage, "float32")
    found = np.asarray(allocation_weights(usage[None]))[0]
    np.testing.assert_allclose(found, naive_allocation(usage.astype("float64")), atol=1e-5)


def test_the_first_of_the_free_slots():
    usage = np.float32([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]])
    expected = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(allocation_weights(usage), expected, atol=1e-5)


def test_slots_that_tie_but_for_rounding_are_in_their_order(rng):
    usage = rng.integers(0, 4, (20, 9)) / 8
    noise = rng.normal(size=(3, *usage.shape), scale=1e-7)
    expected = [naive_allocation(row) for row in usage]
    for rounded in np.clip(usage + noise, 0, 1).astype("float32"):
        np.testing.assert_allclose(allocation_weights(rounded), expected, atol=1e-5)


def test_gradient_of_allocation(rng, check_gradients):
    usage = rng.permuted(np.linspace(0.1, 0.9, 7))[None]
    factor = rng.normal(size=(1, 7))
    check_gradients(lambda u: factor * allocation_weights(u), usage)


@pytest.mark.parametrize("usage", [0.0, 1.0])
def test_gradients_of_all_free_and_all_used_are_finite(usage, gradients):
    factor = keras.ops.arange(5, dtype="float32")
    [found] = gradients(
        lambda u: factor * allocation_weights(u), np.full((2, 5), usage, "float32")
    )
    assert np.isfinite(found).all()


def test_usage(rng):
    usage, written = rng.random((2, 3, 5))
    free, read = rng.random((3, 2)), rng.random((3, 2, 5))
    retained = np.prod(1 - free[:, :, None] * read, axis=1)
    arrays = (x.astype("float32") for x in (free, read))
    np.testing.assert_allclose(retention(*arrays), retained, atol=1e-6)
    expected = (usage + written - usage * written) * retained
    found = slot_usage(*(x.astype("float32") for x in (usage, written, retained)))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_slot_that_is_read_with_an_open_gate_is_free_again():
    read = np.float32([[[0, 1, 0]]])
    used = np.ones((1, 3), "float32")
    for gate, expected in ((1, [[1, 0, 1]]), (0, [[1, 1, 1]])):
        retained = retention(np.float32([[gate]]), read)
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(slot_usage(used, 0 * used, retained)), expected
        )
