import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_memory.layers import read_memory, write_memory

BATCH, HEADS, SLOTS, WIDTH = 3, 2, 6, 4


def planned(rng):
    """A memory, weights, erase and add vectors."""
    weights = rng.uniform(size=(BATCH, HEADS, SLOTS))
    return (
        rng.normal(size=(BATCH, SLOTS, WIDTH)).astype("float32"),
        (weights / weights.sum(-1, keepdims=True)).astype("float32"),
        rng.uniform(size=(BATCH, HEADS, WIDTH)).astype("float32"),
        rng.normal(size=(BATCH, HEADS, WIDTH)).astype("float32"),
    )


def test_read(rng, naive):
    memory, weights, _, _ = planned(rng)
    expected = [[naive.read(memory[b], w) for w in weights[b]] for b in range(BATCH)]
    np.testing.assert_allclose(read_memory(memory, weights), expected, atol=1e-6)


def test_write(rng, naive):
    arrays = planned(rng)
    expected = [naive.write(*(array[b] for array in arrays)) for b in range(BATCH)]
    np.testing.assert_allclose(write_memory(*arrays), expected, atol=1e-6)


def test_order_of_heads_makes_no_difference(rng):
    memory, *heads = planned(rng)
    swapped = [array[:, ::-1] for array in heads]
    np.testing.assert_allclose(
        write_memory(memory, *heads), write_memory(memory, *swapped), atol=1e-6
    )


def test_planted_vector_is_read_back(rng):
    memory, _, _, add = planned(rng)
    focus = np.tile(np.eye(SLOTS, dtype="float32")[[4]], (BATCH, 1, 1))
    erase, add = np.ones((BATCH, 1, WIDTH), "float32"), add[:, :1]
    written = write_memory(memory, focus, erase, add)
    np.testing.assert_allclose(read_memory(written, focus), add, atol=1e-6)
    elsewhere = np.arange(SLOTS) != 4
    np.testing.assert_array_equal(np.asarray(written)[:, elsewhere], memory[:, elsewhere])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_zero_weights_write_nothing(seed):
    memory, weights, erase, add = planned(np.random.default_rng(seed))
    np.testing.assert_array_equal(write_memory(memory, 0 * weights, erase, add), memory)


def test_gradients_by_finite_differences(rng, check_gradients):
    arrays = [array.astype("float64") for array in planned(rng)]
    picked = rng.normal(size=(BATCH, HEADS, WIDTH))

    def weighted(memory, weights, erase, add):
        return read_memory(write_memory(memory, weights, erase, add), weights) * picked

    check_gradients(weighted, *arrays, atol=1e-8)
