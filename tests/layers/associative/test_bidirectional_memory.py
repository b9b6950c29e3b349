"""Bidirectional associative memories against Kosko's rule."""

import numpy as np
import pytest

from keras_memory.layers import BidirectionalMemory


def signs(rng, *shape):
    return np.where(rng.random(shape) < 0.5, -1, 1).astype("float32")


def memory_of(first, second, **arguments):
    memory = BidirectionalMemory(**arguments)
    memory(first, second, training=True)
    return memory


def test_to_and_fro(rng):
    first, second = signs(rng, 4, 30), signs(rng, 4, 21)
    couplings = sum(np.outer(x, y) for x, y in zip(first, second, strict=True))
    cue, other = signs(rng, 5, 30), signs(rng, 5, 21)
    forth = cue @ couplings
    expected_second = np.where(forth == 0, other, np.sign(forth))
    back = expected_second @ couplings.T
    expected_first = np.where(back == 0, cue, np.sign(back))
    found = memory_of(first, second, max_updates=1)(cue, other)
    np.testing.assert_array_equal(found[0], expected_first)
    np.testing.assert_array_equal(found[1], expected_second)


def test_each_side_recalls_the_other(rng):
    first, second = signs(rng, 4, 60), signs(rng, 4, 40)
    memory = memory_of(first, second)
    for sign in (1, -1):
        for cue in ((sign * first, 0 * second), (0 * first, sign * second)):
            found = memory.recall(*cue)
            np.testing.assert_array_equal(found["first"], sign * first)
            np.testing.assert_array_equal(found["second"], sign * second)
            np.testing.assert_array_equal(found["period"], 1)


def test_energy_never_rises(rng):
    memory = memory_of(signs(rng, 12, 20), signs(rng, 12, 15), max_updates=1)
    first, second = signs(rng, 200, 20), signs(rng, 200, 15)
    couplings = np.asarray(memory.couplings, "float64")
    energy = -np.einsum("bi,ij,bj->b", first, couplings, second)
    np.testing.assert_allclose(memory.energy(first, second), energy, atol=1e-5)
    for _ in range(5):
        first, second = memory(first, second)
        after = np.asarray(memory.energy(first, second))
        assert np.all(after <= energy + 1e-5)
        energy = after


def test_wrong_arguments():
    with pytest.raises(ValueError, match="a positive integer for max_updates"):
        BidirectionalMemory(max_updates=0)
    with pytest.raises(ValueError, match=r"Expected pairs \(batch, units\)"):
        BidirectionalMemory()(np.ones((2, 3)), np.ones((2, 3, 4)))
