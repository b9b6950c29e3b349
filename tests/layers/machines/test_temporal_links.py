"""Against the equations of Graves et al. (2016), written naively in NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_memory.layers import (
    advance_links,
    follow_links,
    precedence_weights,
    temporal_links,
)

BATCH, SLOTS, HEADS = 2, 5, 3


def simplex(rng, *shape):
    powers = np.exp(rng.normal(size=shape))
    return powers / powers.sum(-1, keepdims=True)


def naive_links(links, written, precedence):
    found = np.zeros_like(links)
    for i in range(SLOTS):
        for j in range(SLOTS):
            if i != j:
                old = (1 - written[i] - written[j]) * links[i, j]
                found[i, j] = old + written[i] * precedence[j]
    return found


def test_links_over_many_steps(rng):
    links = naive = np.zeros((BATCH, SLOTS, SLOTS))
    precedence = expected_precedence = np.zeros((BATCH, SLOTS))
    links, precedence = links.astype("float32"), precedence.astype("float32")
    for written in simplex(rng, 6, BATCH, SLOTS) * rng.random((6, BATCH, 1)):
        links = temporal_links(links, written.astype("float32"), precedence)
        precedence = precedence_weights(precedence, written.astype("float32"))
        naive = np.stack(
            [naive_links(*x) for x in zip(naive, written, expected_precedence, strict=True)]
        )
        left = 1 - written.sum(-1, keepdims=True)
        expected_precedence = left * expected_precedence + written
        np.testing.assert_allclose(links, naive, atol=1e-6)
        np.testing.assert_allclose(precedence, expected_precedence, atol=1e-6)
        for axis in (1, 2):
            assert (np.asarray(links).sum(axis) < 1 + 1e-5).all()


@pytest.mark.parametrize("order", [[3, 0, 4], [1, 2, 0]])
def test_links_lead_along_the_order_of_writing(order):
    links, precedence = (
        np.zeros((1, SLOTS, SLOTS), "float32"),
        np.zeros((1, SLOTS), "float32"),
    )
    slots = np.eye(SLOTS, dtype="float32")
    for slot in order:
        links = temporal_links(links, slots[None, slot], precedence)
        precedence = precedence_weights(precedence, slots[None, slot])
    first, second, third = order
    forward, backward = follow_links(links, slots[None, [first, second, third]])
    np.testing.assert_allclose(forward[0], [slots[second], slots[third], 0 * slots[0]])
    np.testing.assert_allclose(backward[0], [0 * slots[0], slots[first], slots[second]])


def test_gradients(rng, check_gradients):
    links, written = rng.random((BATCH, SLOTS, SLOTS)), rng.random((BATCH, SLOTS))
    precedence, read = rng.random((BATCH, SLOTS)), rng.random((BATCH, HEADS, SLOTS))
    factors = rng.normal(size=(2, BATCH, HEADS, SLOTS))

    def followed(links, written, precedence, read):
        new = temporal_links(links, written, precedence)
        return sum(x * f for x, f in zip(follow_links(new, read), factors, strict=True))

    check_gradients(followed, links, written, precedence, read)


def test_advanced_links_are_those_that_are_updated_and_followed(rng, gradients):
    """And their gradients, which are written by hand, are those of the two."""
    links, written, precedence, read = (
        x.astype("float32")
        for x in (
            simplex(rng, BATCH, SLOTS, SLOTS) * (1 - np.eye(SLOTS)),
            0.6 * simplex(rng, BATCH, SLOTS),
            simplex(rng, BATCH, SLOTS),
            simplex(rng, BATCH, HEADS, SLOTS),
        )
    )
    shapes = (BATCH, SLOTS, SLOTS), (BATCH, HEADS, SLOTS), (BATCH, HEADS, SLOTS)
    factors = [rng.normal(size=shape).astype("float32") for shape in shapes]

    def in_two(links, written, precedence, read):
        links = temporal_links(links, written, precedence)
        return (links, *follow_links(links, read))

    def weighted(compute):
        def function(*arrays):
            values = zip(compute(*arrays), factors, strict=True)
            return sum(ops.sum(ops.multiply(value, factor)) for value, factor in values)

        return function

    arrays = links, written, precedence, read
    for found, expected in zip(advance_links(*arrays), in_two(*arrays), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    computed = (gradients(weighted(compute), *arrays) for compute in (advance_links, in_two))
    for found, expected in zip(*computed, strict=True):
        assert np.any(expected)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_gradients_of_advanced_links(rng, check_gradients):
    links = rng.random((BATCH, SLOTS, SLOTS)) * (1 - np.eye(SLOTS))
    written, precedence = rng.random((2, BATCH, SLOTS))
    read = rng.random((BATCH, HEADS, SLOTS))

    def squares(*arrays):
        return sum(ops.sum(x**2) for x in advance_links(*arrays))

    check_gradients(lambda *arrays: squares(links, *arrays), written, precedence, read)
