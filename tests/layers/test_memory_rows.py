"""Rows of a memory, against plain reading and writing."""

import numpy as np
import pytest
from keras import ops

from keras_memory.layers.memory_rows import add_rows, recall, store
from keras_memory.layers.time_loop import over_time

BATCH, ROWS, WIDTH, K = 3, 7, 4, 2


@pytest.fixture
def memory(rng):
    return rng.normal(size=(BATCH, ROWS, WIDTH)).astype("float32")


INDICES = np.array([[4, 0], [1, 6], [2, 3]], "int32")
PLACES = np.array([[5], [0], [6]], "int32")


def plain_recall(memory, indices):
    return ops.take_along_axis(memory, indices[..., None], axis=1), memory


def plain_store(memory, index, row):
    return ops.where((ops.arange(ops.shape(memory)[1]) == index)[..., None], row, memory)


def test_recall(memory):
    found, after = recall(memory, ops.convert_to_tensor(INDICES))
    expected = [[memory[b, i] for i in INDICES[b]] for b in range(BATCH)]
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(after, memory)


def test_store(memory, rng):
    row = rng.normal(size=(BATCH, 1, WIDTH)).astype("float32")
    expected = memory.copy()
    for b in range(BATCH):
        expected[b, PLACES[b]] = row[b]
    np.testing.assert_array_equal(
        store(*map(ops.convert_to_tensor, (memory, PLACES, row))), expected
    )


def test_gradients_are_those_of_plain_reading(memory, rng, gradients):
    """Of what is found, and of what is read later."""
    upstream, later = rng.normal(size=(2, BATCH, ROWS, WIDTH)).astype("float32")

    def of(recall):
        def function(memory):
            found, after = recall(memory, ops.convert_to_tensor(INDICES))
            to_found, to_after = found**2, after**2
            return ops.sum(ops.multiply(to_found, upstream[:, :K])) + ops.sum(
                ops.multiply(to_after, later)
            )

        return gradients(function, memory)[0]

    np.testing.assert_allclose(of(recall), of(plain_recall), atol=1e-5)


def in_a_loop(recall, store):
    """Writes a row at each step, after a read of those that are written before it."""

    def function(rows, kernel):
        batch, steps = ops.shape(rows)[:2]

        def step(row, states):
            memory, position = states
            indices = ops.concatenate([position // 3, position - 1], axis=-1)
            indices = ops.where(position > 1, indices, steps + ops.arange(2))  # none yet
            found, memory = recall(memory, indices)
            row = ops.tanh(ops.matmul(row, kernel) + ops.sum(ops.sin(found), axis=1))
            return row, [store(memory, position, row[:, None]), position + 1]

        start = [
            ops.zeros((batch, steps + 2, WIDTH)),
            ops.zeros((batch, 1), "int32"),
        ]
        outputs, (memory, _) = over_time(step, rows, start)
        return ops.sum(outputs**3) + ops.sum(memory**2)

    return function


def test_gradients_in_a_loop(memory, rng, gradients):
    kernel = rng.normal(size=(WIDTH, WIDTH)).astype("float32")
    found = gradients(in_a_loop(recall, store), memory, kernel)
    expected = gradients(in_a_loop(plain_recall, plain_store), memory, kernel)
    for one, other in zip(found, expected, strict=True):
        assert np.any(other)
        np.testing.assert_allclose(one, other, atol=1e-4, rtol=1e-4)


@pytest.mark.only("jax", because="it says how much a compiled function holds")
def test_memory_of_the_gradient_grows_with_steps_not_with_their_square():
    import jax

    def size(recall, store, steps):
        rows, kernel = (
            np.ones((BATCH, steps, WIDTH), "float32"),
            np.eye(WIDTH, dtype="float32"),
        )
        compute = jax.jit(jax.grad(in_a_loop(recall, store), (0, 1)))
        analysis = compute.lower(rows, kernel).compile().memory_analysis()
        return analysis.temp_size_in_bytes

    assert size(recall, store, 400) < 2.5 * size(recall, store, 200)
    assert size(plain_recall, plain_store, 400) > 3 * size(plain_recall, plain_store, 200)


def test_add_rows(memory, rng, gradients):
    rows, factor = rng.normal(size=(BATCH, K, WIDTH)), rng.normal(size=memory.shape)
    rows, factor = rows.astype("float32"), factor.astype("float32")
    expected, to_rows = memory.copy(), []
    for b in range(BATCH):
        expected[b, INDICES[b]] += rows[b]
        to_rows.append(factor[b, INDICES[b]])

    def added(memory, rows):
        return add_rows(memory, ops.convert_to_tensor(INDICES), rows)

    np.testing.assert_allclose(added(*map(ops.convert_to_tensor, (memory, rows))), expected)
    found = gradients(lambda *arrays: ops.multiply(added(*arrays), factor), memory, rows)
    np.testing.assert_allclose(found[0], factor)
    np.testing.assert_allclose(found[1], to_rows)


def test_what_is_written_over_has_no_gradient(memory, rng, gradients):
    row = rng.normal(size=(BATCH, 1, WIDTH)).astype("float32")
    place = ops.convert_to_tensor(PLACES)
    found = gradients(lambda *arrays: store(arrays[0], place, arrays[1]), memory, row)
    expected = np.ones_like(memory)
    np.put_along_axis(expected, PLACES[..., None], 0, axis=1)
    np.testing.assert_array_equal(found[0], expected)
    np.testing.assert_array_equal(found[1], np.ones_like(row))
