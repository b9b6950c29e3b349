"""Against the dense matrix of temporal links, and a naive one that drops entries."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import (
    DNCCell,
    MemoryRNN,
    follow_links,
    precedence_weights,
    temporal_links,
)
from keras_memory.layers.machines.sparse_links import SparseLinks

BATCH, SLOTS, HEADS, STEPS = 2, 6, 3, 7


def simplex(rng, *shape):
    powers = np.exp(2 * rng.normal(size=shape))
    return (powers / powers.sum(-1, keepdims=True)).astype("float32")


def advanced(links, written, read):
    """What the links of each step give, from the write weights of each."""
    batch = written.shape[1]
    state = {
        name: np.zeros((batch, *shape), "float32")
        for name, shape in links.state_shapes.items()
    }
    precedence, found = np.zeros(written.shape[1:], "float32"), []
    for w, r in zip(written, read, strict=True):
        given = {**state, "precedence": precedence, "read_weights": r}
        given = {name: ops.convert_to_tensor(value) for name, value in given.items()}
        state, *followed = links.advance(given, ops.convert_to_tensor(w))
        precedence = precedence_weights(precedence, w)
        found.append([ops.convert_to_numpy(x) for x in followed])
    return found


def test_all_entries_are_the_dense_matrix(rng):
    written = simplex(rng, STEPS, BATCH, SLOTS) * rng.random((STEPS, BATCH, 1), "float32")
    read = simplex(rng, STEPS, BATCH, HEADS, SLOTS)
    dense = np.zeros((BATCH, SLOTS, SLOTS), "float32")
    precedence = np.zeros((BATCH, SLOTS), "float32")
    found = advanced(SparseLinks(SLOTS, SLOTS), written, read)
    for w, r, followed in zip(written, read, found, strict=True):
        dense = temporal_links(dense, w, precedence)
        precedence = precedence_weights(precedence, w)
        for one, expected in zip(followed, follow_links(dense, r), strict=True):
            np.testing.assert_allclose(one, expected, atol=1e-6)


def largest(row, count):
    return np.where(np.argsort(np.argsort(-row, kind="stable")) < count, row, 0)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_largest_entries_of_rows_and_columns(count, rng):
    """Each of L and Lᵀ is a matrix whose rows are cut, one example at a time."""
    written = simplex(rng, STEPS, 1, SLOTS)
    read = simplex(rng, STEPS, 1, 1, SLOTS)
    before, after = np.zeros((2, SLOTS, SLOTS))
    precedence = np.zeros(SLOTS)
    found = advanced(SparseLinks(SLOTS, count), written, read)
    for w, r, (forward, backward) in zip(written[:, 0], read[:, 0, 0], found, strict=True):
        cut_w, cut_p = largest(w, count), largest(precedence, count)
        left = np.maximum(1 - cut_w[:, None] - cut_w, 0) * (1 - np.eye(SLOTS))
        new = np.outer(cut_w, cut_p) * (1 - np.eye(SLOTS))
        before = np.array([largest(row, count) for row in left * before + new])
        after = np.array([largest(row, count) for row in left * after + new.T])
        precedence = (1 - w.sum()) * precedence + w
        np.testing.assert_allclose(forward[0, 0], before @ r, atol=1e-6)
        np.testing.assert_allclose(backward[0, 0], after @ r, atol=1e-6)


def test_an_order_of_more_slots_than_a_digit_counts():
    order = [700, 3, 299, 0, 512]
    slots = np.eye(701, dtype="float32")
    written = slots[order][:, None]
    for step, (forward, backward) in enumerate(
        advanced(SparseLinks(701, 1), written, written[:, None])
    ):
        assert not forward.any()  # nothing was written after what was written now
        expected = slots[order[step - 1]] if step else 0 * slots[0]
        np.testing.assert_array_equal(backward[0, 0], expected)
    read = np.stack([written[2]] * len(order))[:, None]
    forward, backward = advanced(SparseLinks(701, 1), written, read)[-1]
    np.testing.assert_array_equal(forward[0, 0], slots[order[3]])
    np.testing.assert_array_equal(backward[0, 0], slots[order[1]])


@pytest.mark.parametrize("count", [2, SLOTS])
def test_gradients(count, rng, check_gradients):
    links = SparseLinks(SLOTS, count)
    values = rng.random((2, BATCH, SLOTS, count))
    slots = rng.permuted(np.tile(np.arange(SLOTS), (2, BATCH, SLOTS, 1)), axis=-1)[
        ..., :count
    ]
    precedence = simplex(rng, BATCH, SLOTS)
    factors = rng.normal(size=(2, BATCH, HEADS, SLOTS))

    def followed(values, written, read):
        entries = ops.stack([values, 0 * values, ops.cast(slots, values.dtype)], axis=-1)
        state = {
            "links_before": entries[0],
            "links_after": entries[1],
            "precedence": ops.cast(precedence, read.dtype),
            "read_weights": read,
        }
        _, *found = links.advance(state, written)
        return sum(ops.sum(x * f) for x, f in zip(found, factors, strict=True))

    written, read = 0.5 * simplex(rng, BATCH, SLOTS), simplex(rng, BATCH, HEADS, SLOTS)
    check_gradients(followed, values, written, read)


def test_memory_of_the_state_is_linear_in_the_slots():
    sizes = [
        sum(DNCCell(keras.layers.Dense(4), slots, 4, links_per_slot=8).state_size)
        for slots in (1_000, 2_000, 4_000)
    ]
    assert sizes[2] - sizes[1] == 2 * (sizes[1] - sizes[0])


def test_a_cell_with_all_entries_is_the_dense_one(rng):
    sizes = {"memory_slots": SLOTS, "memory_width": 4, "num_heads": 2}
    cells = [
        DNCCell(keras.layers.Dense(5, "tanh"), links_per_slot=count, **sizes)
        for count in (None, SLOTS)
    ]
    layers = [MemoryRNN(cell, return_sequences=True) for cell in cells]
    sequences = rng.normal(size=(BATCH, STEPS, 3)).astype("float32")
    for layer in layers:
        layer.build(sequences.shape)
    layers[1].set_weights(layers[0].get_weights())
    dense, sparse = (ops.convert_to_numpy(layer(sequences)) for layer in layers)
    np.testing.assert_allclose(sparse, dense, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"links_per_slot": 0}, "Expected a positive integer for links_per_slot"),
        ({"links_per_slot": 129}, "Expected links_per_slot of at most memory_slots=128"),
        (
            {"links_per_slot": 8, "memory_slots": 70_000},
            "Expected memory_slots of at most 65536 beside links_per_slot. Received: 70000",
        ),
    ],
)
def test_bad_input(arguments, error):
    with pytest.raises(ValueError, match=error):
        DNCCell(keras.layers.Dense(4), **arguments)
