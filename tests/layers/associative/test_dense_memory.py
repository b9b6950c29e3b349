"""Dense associative memories against their update rule, unit by unit in float64."""

import numpy as np
import pytest

from keras_memory.layers import DenseAssociativeMemory, HopfieldMemory

INTERACTIONS = {n: lambda m, n=n: m**n for n in (2, 3, 4)} | {"exponential": np.exp}


def signs(rng, *shape):
    return np.where(rng.random(shape) < 0.5, -1, 1).astype("float32")


def memory_of(patterns, **arguments):
    memory = DenseAssociativeMemory(**{"slots": len(patterns) + 2, **arguments})
    memory(patterns, training=True)
    return memory


@pytest.mark.parametrize("interaction", INTERACTIONS)
@pytest.mark.parametrize("updates", ["synchronous", "asynchronous"])
def test_one_update(interaction, updates, rng):
    patterns, cues = signs(rng, 9, 14), signs(rng, 6, 14)
    strength, expected = INTERACTIONS[interaction], cues.copy()
    for cue, state in zip(cues, expected, strict=True):
        for i in range(14):
            seen = cue if updates == "synchronous" else state
            rest = patterns @ seen - patterns[:, i] * seen[i]
            up, down = strength(rest + patterns[:, i]), strength(rest - patterns[:, i])
            pull = np.sum(up - down, dtype="float64")
            state[i] = np.sign(pull) if abs(pull) > 1e-6 * np.sum(up) else seen[i]
    memory = memory_of(patterns, interaction=interaction, updates=updates)
    np.testing.assert_array_equal(memory.update(cues), expected)


def test_the_square_makes_it_a_hopfield_network(rng):
    patterns, cues = signs(rng, 6, 40), signs(rng, 8, 40)
    dense = memory_of(patterns, interaction=2, updates="asynchronous")
    classical = HopfieldMemory(order="fixed")
    classical(patterns, training=True)
    np.testing.assert_array_equal(dense(cues), classical(cues))


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_energy(interaction, rng):
    patterns, states = signs(rng, 9, 14), signs(rng, 6, 14)
    overlaps = states.astype("float64") @ patterns.T
    if interaction == "exponential":
        expected = -np.log(np.sum(np.exp(overlaps), axis=-1))
    else:
        expected = -np.sum((overlaps / 14) ** interaction, axis=-1)
    memory = memory_of(patterns, interaction=interaction)
    np.testing.assert_allclose(memory.energy(states), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_energy_never_rises(interaction, rng):
    memory = memory_of(signs(rng, 30, 12), interaction=interaction, updates="asynchronous")
    states = signs(rng, 250, 12)
    energy = np.asarray(memory.energy(states))
    for _ in range(4):
        states = memory.update(states)
        after = np.asarray(memory.energy(states))
        assert np.all(after <= energy + 1e-5)
        energy = after


def test_far_more_patterns_than_units(rng):
    """A thousand in fifty units, a tenth of each cue wrong, in one update."""
    patterns = signs(rng, 1000, 50)
    cues = patterns.copy()
    for cue in cues:
        cue[rng.choice(50, 5, replace=False)] *= -1
    memory = memory_of(patterns, max_updates=1)
    assert np.mean(np.all(np.asarray(memory(cues)) == patterns, axis=-1)) > 0.99


def test_the_nearest_pattern_is_recalled(rng):
    patterns, cues = signs(rng, 20, 60), signs(rng, 30, 60)
    overlaps = cues @ patterns.T
    largest = np.sort(overlaps, axis=-1)
    clear = largest[:, -1] > largest[:, -2]  # elsewhere, two are as near
    assert np.sum(clear) > 20
    found = np.asarray(memory_of(patterns, beta=20.0, max_updates=1)(cues))
    nearest = patterns[np.argmax(overlaps, axis=-1)]
    np.testing.assert_array_equal(found[clear], nearest[clear])


@pytest.mark.parametrize("slots", [1, 9])
def test_empty_slots_change_nothing(slots, rng):
    """Of a pattern that is all but turned round, however many slots are left."""
    pattern = signs(rng, 1, 100)
    cue = np.where(np.arange(100) < 95, -pattern, pattern)
    memory = memory_of(pattern, slots=slots)
    np.testing.assert_array_equal(memory(cue), pattern)


@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_storing_goes_on_until_the_slots_are_full(size, rng):
    patterns = signs(rng, 7, 8)
    memory = DenseAssociativeMemory(slots=5)
    for start in range(0, 7, size):
        memory(patterns[start : start + size], training=True)
    np.testing.assert_array_equal(memory.patterns, patterns[:5])
    assert int(memory.count()) == 5


def test_nothing_stored_leaves_cues_as_they_are(rng):
    cues = signs(rng, 3, 8)
    memory = DenseAssociativeMemory(slots=4)
    np.testing.assert_array_equal(memory(cues), cues)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"slots": 0}, "a positive integer for slots"),
        ({"interaction": 1.5}, "a positive integer for interaction"),
        ({"beta": 0}, "a finite number above 0 for beta"),
        ({"beta": float("inf")}, "a finite number above 0 for beta"),
        ({"interaction": "cubic"}, "a positive integer for interaction"),
        ({"updates": "all"}, "one of 'asynchronous', 'synchronous'"),
        ({"max_updates": 0}, "a positive integer for max_updates"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DenseAssociativeMemory(**{"slots": 3, **arguments})
