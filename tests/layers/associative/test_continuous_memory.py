"""The continuous Hopfield network that stores, against its formulas in float64."""

import numpy as np
import pytest

from keras_memory.layers import ContinuousMemory
from keras_memory.layers.associative import continuous_memory

BETA, STORED, UNITS = 2.0, 23, 6


def memory_of(patterns, **arguments):
    memory = ContinuousMemory(**{"slots": len(patterns) + 4, "beta": BETA, **arguments})
    memory(patterns, training=True)
    return memory


def similarities(states, patterns, known, kind):
    """`(states, patterns)`, over what is known."""
    states, patterns = states.astype("float64")[:, None], patterns.astype("float64")[None]
    pairs = states * patterns if kind == "dot" else -((states - patterns) ** 2) / 2
    return np.sum(pairs * known[:, None], axis=-1)


@pytest.fixture
def patterns(rng):
    return rng.normal(size=(STORED, UNITS)).astype("float32")


@pytest.fixture
def states(rng):
    return rng.normal(size=(5, UNITS)).astype("float32")


@pytest.mark.parametrize("chunk", [5, 27, 100])
@pytest.mark.parametrize("kind", ["dot", "distance"])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_update_and_energy(chunk, kind, share, patterns, states, rng, monkeypatch):
    """Patterns in several chunks, of which the last is shorter, or in one."""
    monkeypatch.setattr(continuous_memory, "CHUNK", chunk)
    known = rng.random(states.shape) < share
    scores = BETA * similarities(states, patterns, known, kind)
    powers = np.exp(scores)
    memory = memory_of(patterns, similarity=kind)
    expected = powers @ patterns / powers.sum(-1, keepdims=True)
    np.testing.assert_allclose(memory.update(states, known=known), expected, atol=1e-5)
    energy = (np.log(STORED) - np.log(powers.sum(-1))) / BETA
    if kind == "dot":
        energy += np.sum((states * known) ** 2, axis=-1) / 2
        energy += np.max(np.sum(patterns**2, axis=-1)) / 2
    np.testing.assert_allclose(memory.energy(states, known), energy, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["dot", "distance"])
def test_energy_never_rises(kind, rng):
    """Of a thousand random states, among sharp patterns and blurred ones."""
    for beta in np.geomspace(0.1, 30, 20):
        memory = ContinuousMemory(slots=8, beta=float(beta), similarity=kind)
        memory(rng.normal(size=(8, 4)).astype("float32"), training=True)
        states = rng.normal(size=(50, 4)).astype("float32")
        energy = np.asarray(memory.energy(states))
        for _ in range(4):
            states = memory.update(states)
            after = np.asarray(memory.energy(states))
            assert np.all(after <= energy + 1e-5)
            energy = after


def test_the_whole_is_recalled_of_a_part(patterns):
    known = np.arange(UNITS) < UNITS // 2 + np.zeros((STORED, 1))
    memory = memory_of(patterns, beta=1e4)
    found = memory.recall(np.where(known, patterns, 7), known=known)
    np.testing.assert_allclose(found["attractors"], patterns, atol=1e-3)
    assert np.all(np.asarray(found["updates"]) <= 2)
    np.testing.assert_array_equal(
        memory(np.where(known, patterns, 7), known=known), found["attractors"]
    )


def test_a_cue_that_has_ended_stays(patterns):
    memory = memory_of(patterns, beta=1000.0, max_updates=9)
    found = memory.recall(patterns)
    np.testing.assert_array_equal(found["updates"], 0)
    assert np.all(np.asarray(memory.recall(patterns + 0.01)["updates"]) == 1)


def test_updates_are_counted_up_to_the_limit(patterns, states):
    assert np.all(
        np.asarray(
            memory_of(patterns, max_updates=2, tolerance=0.0).recall(states)["updates"]
        )
        == 2
    )


def test_nothing_stored_gives_zeros(states):
    np.testing.assert_array_equal(ContinuousMemory(slots=3)(states), 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"slots": 0}, "a positive integer for slots"),
        ({"beta": 0}, "a finite number above 0 for beta"),
        ({"beta": float("inf")}, "a finite number above 0 for beta"),
        ({"similarity": "cosine"}, "one of 'distance', 'dot' for similarity"),
        ({"max_updates": 0}, "a positive integer for max_updates"),
        ({"tolerance": -1}, "a number of 0 or more for tolerance"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ContinuousMemory(**{"slots": 3, **arguments})


def test_patterns_far_from_zero(patterns):
    """Distances are between patterns, wherever they lie."""
    far = patterns + 10_000
    memory = memory_of(far, beta=1e3)
    np.testing.assert_allclose(memory(far + 0.05), far, atol=1e-2)


@pytest.mark.parametrize("policy", ["float16", "mixed_float16"])
def test_shades_up_to_255_in_half_precision(policy, patterns):
    memory = ContinuousMemory(slots=STORED, beta=10.0, dtype=policy)
    shades = np.round(40 * np.abs(patterns)).astype("float32")
    memory(shades, training=True)
    np.testing.assert_allclose(memory(shades + 0.4), shades, atol=1e-3)
