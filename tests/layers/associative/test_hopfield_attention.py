"""Attention as the update of a continuous Hopfield network."""

import numpy as np
import pytest
from scipy import special

from keras_memory.layers import HopfieldAttention


def softmax(scores):
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@pytest.mark.parametrize("updates", [1, 2, 4])
def test_updates_and_then_a_read(updates, cues, patterns, values):
    state, keys = cues.astype("float64"), patterns.astype("float64")
    for _ in range(updates):
        weights = softmax(1.5 * state @ np.swapaxes(keys, 1, 2))
        state = weights @ keys
    layer = HopfieldAttention(beta=1.5, updates=updates)
    found, found_weights = layer(cues, values, patterns, return_attention_scores=True)
    np.testing.assert_allclose(found_weights, weights, atol=1e-5)
    np.testing.assert_allclose(found, weights @ values, atol=1e-5)


def test_energy_never_rises(rng):
    """-lse(β, K ξ) + ½ ξ · ξ, update by update, in a thousand networks, blurred and sharp."""
    patterns = rng.normal(size=(1000, 6, 4)).astype("float32")
    for beta in (0.2, 1.0, 8.0):
        state = rng.normal(size=(1000, 3, 4)).astype("float32")
        layer, energies = HopfieldAttention(beta=beta), []
        for _ in range(5):
            scores = beta * np.asarray(state, "float64") @ np.swapaxes(patterns, 1, 2)
            energy = -special.logsumexp(scores, axis=-1) / beta
            energies.append(energy + np.sum(np.square(state), axis=-1) / 2)
            state = np.asarray(layer(state, patterns))
        assert np.all(np.diff(energies, axis=0) <= 1e-5)


def test_a_cue_that_hardly_moves_is_left(cues, patterns):
    far = HopfieldAttention(beta=1.5, updates=4, tolerance=1e9)
    np.testing.assert_allclose(
        far(cues, patterns), HopfieldAttention(beta=1.5)(cues, patterns), atol=1e-5
    )
    near = HopfieldAttention(beta=1.5, updates=4, tolerance=1e-9)
    expected = HopfieldAttention(beta=1.5, updates=4)(cues, patterns)
    np.testing.assert_allclose(near(cues, patterns), expected, atol=1e-5)


def test_masked_patterns_are_not_retrieved(cues, patterns):
    layer, real = HopfieldAttention(beta=2.0, updates=3), np.arange(7) < [[5], [4]]
    longer = np.pad(patterns, [(0, 0), (0, 2), (0, 0)], constant_values=99)
    mask = np.pad(real, [(0, 0), (0, 2)])
    expected = layer(cues, patterns, value_mask=real)
    np.testing.assert_allclose(layer(cues, longer, value_mask=mask), expected, atol=1e-5)
    np.testing.assert_array_equal(layer(cues, patterns, value_mask=0 * real), 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HopfieldAttention(beta=0), "a finite number above 0 for beta"),
        (lambda: HopfieldAttention(beta=float("inf")), "a finite number above 0 for beta"),
        (lambda: HopfieldAttention(updates=0), "a positive integer for updates"),
        (lambda: HopfieldAttention(tolerance=-1), "a number of 0 or more for tolerance"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
