"""Memories that are learned, against the energy of their units in float64."""

import numpy as np
import pytest

from keras_memory.layers import LearnedDenseMemory

VISIBLE, UNITS, MEMORIES = 7, 3, 5


def energy(state, patterns, power):
    """-Σ_μ F(ξ^μ · s), of visible units and those that are to be completed."""
    return -np.sum(np.maximum(patterns @ state, 0) ** power)


@pytest.mark.parametrize("power", [1, 2, 3, 6, 11])
def test_logits_are_what_the_energy_falls_by(power, rng):
    layer = LearnedDenseMemory(UNITS, MEMORIES, power)
    layer.build((None, VISIBLE))
    patterns = rng.normal(size=(MEMORIES, VISIBLE + UNITS), scale=0.4)
    layer.patterns.assign(patterns)
    inputs = rng.uniform(-1, 1, size=(4, VISIBLE)).astype("float32")
    expected = np.empty((4, UNITS))
    for row, unit in np.ndindex(4, UNITS):
        off = np.concatenate([inputs[row], -np.ones(UNITS)])
        on = off.copy()
        on[VISIBLE + unit] = 1
        expected[row, unit] = energy(off, patterns, power) - energy(on, patterns, power)
    np.testing.assert_allclose(layer(inputs), expected, rtol=1e-4, atol=1e-4)
    overlaps = np.concatenate([inputs, -np.ones((4, UNITS))], axis=1) @ patterns.T
    np.testing.assert_allclose(layer.overlaps(inputs), overlaps, rtol=1e-5, atol=1e-5)


def test_axes_before_the_last(rng):
    layer = LearnedDenseMemory(UNITS, MEMORIES)
    inputs = rng.normal(size=(2, 4, VISIBLE)).astype("float32")
    flat = layer(inputs.reshape(8, VISIBLE))
    np.testing.assert_allclose(layer(inputs), np.reshape(flat, (2, 4, UNITS)), rtol=1e-5)


@pytest.mark.parametrize("name", ["units", "memories", "power"])
def test_wrong_arguments(name):
    with pytest.raises(ValueError, match=f"a positive integer for {name}. Received: 0"):
        LearnedDenseMemory(**{"units": 3, "memories": 5, "power": 2, name: 0})
