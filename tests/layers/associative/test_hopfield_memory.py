"""Hopfield networks of 1982 against their formulas, unit by unit in float64."""

import itertools

import numpy as np
import pytest

from keras_memory.layers import HopfieldMemory
from keras_memory.layers.associative.binary_updates import asynchronous
from keras_memory.layers.associative.storage_rules import (
    STORAGE_RULES,
    hebb,
    pseudo_inverse,
    storkey,
)

UNITS = 37  # more than a block of units that are updated together


def signs(rng, *shape):
    return np.where(rng.random(shape) < 0.5, -1, 1).astype("float32")


def memory_of(patterns, **arguments):
    memory = HopfieldMemory(**arguments)
    memory(patterns, training=True)
    return memory


def with_couplings(couplings, **arguments):
    memory = HopfieldMemory(**arguments)
    memory.build((None, len(couplings)))
    memory.couplings.assign(couplings)
    return memory


def without_diagonal(couplings):
    return np.asarray(couplings, "float64") * (1 - np.eye(couplings.shape[0]))


def none_stored(units=UNITS):
    return np.zeros((units, units), "float32")


def test_hebb(rng):
    patterns = signs(rng, 5, UNITS)
    expected = sum(np.outer(p, p) for p in patterns) / UNITS
    np.testing.assert_allclose(hebb(none_stored(), patterns), expected, atol=1e-5)


def test_storkey(rng):
    """As defined, with a local field for each pair of units."""
    units, patterns = 9, signs(rng, 4, 9)
    couplings = np.zeros((units, units))
    for pattern in patterns:
        before = couplings.copy()
        for i, j in itertools.permutations(range(units), 2):
            others = [k for k in range(units) if k not in (i, j)]
            h_ij, h_ji = (
                before[i, others] @ pattern[others],
                before[j, others] @ pattern[others],
            )
            change = pattern[i] * pattern[j] - pattern[i] * h_ji - h_ij * pattern[j]
            couplings[i, j] += change / units
    found = storkey(none_stored(units), patterns)
    np.testing.assert_allclose(found, couplings, atol=1e-5)


def test_pseudo_inverse(rng):
    patterns = signs(rng, 8, UNITS)
    patterns[-1] = patterns[0]  # which is nothing new
    expected = np.linalg.pinv(patterns.astype("float64")) @ patterns
    found = pseudo_inverse(none_stored(), patterns)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("rule", STORAGE_RULES)
def test_storing_goes_on(rule, rng):
    patterns = signs(rng, 6, UNITS)
    at_once = memory_of(patterns, rule=rule)
    in_parts = memory_of(patterns[:2], rule=rule)
    in_parts(patterns[2:], training=True)
    np.testing.assert_allclose(in_parts.couplings, at_once.couplings, atol=1e-5)
    assert int(in_parts.stored) == 6


def swept(states, couplings, bias, order):
    """One asynchronous sweep, unit by unit."""
    states = states.astype("float64").copy()
    for state, b in zip(states, np.broadcast_to(bias, states.shape), strict=True):
        for i in order:
            field = couplings[i] @ state + b[i]
            state[i] = np.sign(field) if abs(field) > 1e-5 else state[i]
    return states


def test_asynchronous_updates(rng):
    couplings = rng.normal(size=(UNITS, UNITS))
    couplings = without_diagonal(couplings + couplings.T).astype("float32")
    states, bias = signs(rng, 6, UNITS), rng.normal(size=(1, UNITS)).astype("float32")
    order = rng.permutation(UNITS)
    found = asynchronous(states, couplings, bias, order)
    np.testing.assert_array_equal(found, swept(states, couplings, bias, order))


def test_thresholds_and_external_input(rng):
    patterns, cues = signs(rng, 3, UNITS), signs(rng, 4, UNITS)
    memory = memory_of(patterns, order="fixed", max_updates=1)
    thresholds, external = rng.normal(size=UNITS), rng.normal(size=(4, UNITS))
    memory.thresholds.assign(thresholds)
    couplings = without_diagonal(memory.couplings)
    expected = swept(cues, couplings, external - thresholds, range(UNITS))
    found = memory(cues, external=external.astype("float32"))
    np.testing.assert_array_equal(found, expected)
    energies = [
        -0.5 * s @ couplings @ s + thresholds @ s - b @ s
        for s, b in zip(cues.astype("float64"), external, strict=True)
    ]
    found = memory.energy(cues, external.astype("float32"))
    np.testing.assert_allclose(found, energies, rtol=1e-5, atol=1e-5)


def test_synchronous_updates(rng):
    patterns, cues = signs(rng, 6, UNITS), signs(rng, 4, UNITS)
    memory = memory_of(patterns, updates="synchronous", max_updates=1)
    fields = cues @ without_diagonal(memory.couplings)
    expected = np.where(abs(fields) > 1e-5, np.sign(fields), cues)
    np.testing.assert_array_equal(memory(cues), expected)


def test_a_field_of_zero_leaves_a_unit_as_it_is():
    memory = with_couplings(np.zeros((3, 3)))
    cue = np.array([[1, -1, 0]], "float32")
    found = memory.recall(cue)
    np.testing.assert_array_equal(found["attractors"], cue)
    assert (int(found["updates"][0]), int(found["period"][0])) == (0, 1)


def test_two_states_in_turn():
    """Two units that follow each other at once; one after the other, they agree."""
    couplings, cues = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [1, 1]], "float32")
    at_once = with_couplings(couplings, updates="synchronous").recall(cues)
    np.testing.assert_array_equal(at_once["period"], [2, 1])
    one_by_one = with_couplings(couplings).recall(cues)
    np.testing.assert_array_equal(one_by_one["period"], [1, 1])
    assert abs(np.asarray(one_by_one["attractors"]).sum(-1)).tolist() == [2, 2]


def test_an_end_that_is_not_reached(rng):
    """Units in a ring that each follow the one before: a cycle longer than two."""
    couplings = np.roll(np.eye(5), 1, axis=0)
    cue = np.array([[1, -1, -1, -1, -1]], "float32")
    found = with_couplings(couplings, updates="synchronous", max_updates=7).recall(cue)
    assert (int(found["updates"][0]), int(found["period"][0])) == (7, 0)


@pytest.mark.parametrize("updates", ["asynchronous", "synchronous"])
def test_cues_end_as_each_does_alone(updates, rng):
    """Some soon, some late, when few others go on."""
    couplings = rng.normal(size=(UNITS, UNITS))
    memory = with_couplings(couplings + couplings.T, updates=updates, max_updates=50)
    cues, external = signs(rng, 40, UNITS), rng.normal(size=(40, UNITS)).astype("float32")
    found = memory.recall(cues, external)
    slow = np.asarray(found["updates"]) >= np.sort(found["updates"])[-3]
    assert not np.all(slow[:8])
    for i in [*range(4), *np.flatnonzero(slow)]:
        alone = memory.recall(cues[i : i + 1], external[i : i + 1])
        for name, values in found.items():
            np.testing.assert_allclose(values[i], alone[name][0], rtol=1e-5)


def test_energy_never_rises(rng, compiled):
    """A thousand random networks with external input, from random states, sweep by sweep."""
    units, sweep = 10, compiled(asynchronous)
    for _ in range(1000):
        couplings = rng.normal(size=(units, units)).astype("float32")
        couplings = (couplings + couplings.T) * (1 - np.eye(units, dtype="float32"))
        bias = rng.normal(size=(1, units)).astype("float32")
        states, energy = signs(rng, 4, units), np.inf
        for _ in range(3):
            order = rng.permutation(units).astype("int32")
            states = np.asarray(sweep(states, couplings, bias, order), "float64")
            after = -np.sum(states * (states @ couplings / 2 + bias), axis=-1)
            assert np.all(after <= energy + 1e-5)
            energy, states = after, states.astype("float32")


@pytest.mark.parametrize("updates", ["asynchronous", "synchronous"])
@pytest.mark.parametrize("rule", STORAGE_RULES)
def test_few_patterns_are_fixed_points_and_so_are_their_opposites(rule, updates, rng):
    patterns = signs(rng, 5, 100)
    memory = memory_of(patterns, rule=rule, updates=updates)
    for sign in (1, -1):
        np.testing.assert_array_equal(memory(sign * patterns), sign * patterns)
    cues = patterns * np.where(rng.random(patterns.shape) < 0.1, -1, 1)
    np.testing.assert_array_equal(memory(cues.astype("float32")), patterns)


def test_the_pseudo_inverse_holds_all_but_one(rng):
    """As many patterns as units but one; Hebb's rule has lost all of them by then."""
    patterns = signs(rng, 99, 100)
    assert np.linalg.matrix_rank(patterns) == 99
    memory = memory_of(patterns, rule="pseudo_inverse", updates="synchronous")
    np.testing.assert_array_equal(memory(patterns), patterns)
    by_hebb = memory_of(patterns, updates="synchronous", max_updates=1)
    assert not np.any(np.all(np.asarray(by_hebb(patterns)) == patterns, axis=-1))


def test_random_orders_are_the_same_in_every_call(rng):
    patterns, cues = signs(rng, 20, UNITS), signs(rng, 30, UNITS)
    memory = memory_of(patterns)
    np.testing.assert_array_equal(memory(cues), memory(cues))
    other = memory_of(patterns, seed=1)
    assert not np.array_equal(memory(cues), other(cues))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rule": "hop"}, "one of 'hebb', 'pseudo_inverse', 'storkey' for rule"),
        ({"updates": "all"}, "one of 'asynchronous', 'synchronous' for updates"),
        ({"order": "any"}, "one of 'random', 'fixed' for order"),
        ({"max_updates": 0}, "a positive integer for max_updates"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        HopfieldMemory(**arguments)


def test_cues_of_another_rank():
    with pytest.raises(ValueError, match=r"Expected cues \(batch, units\)"):
        HopfieldMemory()(np.ones((2, 3, 4)))
