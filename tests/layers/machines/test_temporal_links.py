"""Against the equations of Graves et al. (2016), written naively in NumPy."""

import numpy as np
import pytest

from keras_memory.layers import follow_links, precedence_weights, temporal_links

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
