"""Heads of Hopfield attentions, against Keras's heads and against each other."""

import keras
import numpy as np
import pytest

from keras_memory.layers import (
    HopfieldAssociation,
    HopfieldAttention,
    HopfieldLookup,
    HopfieldPooling,
    MultiHeadAttention,
)

BATCH, CUES, STORED, DIM = 2, 3, 7, 4


def shaken(layer, rng):
    weights = layer.get_weights()
    layer.set_weights([w + rng.normal(size=w.shape, scale=0.3) for w in weights])


def test_with_one_update_it_is_the_attention_of_keras(cues, patterns, values, rng):
    theirs = keras.layers.MultiHeadAttention(num_heads=2, key_dim=3)
    theirs(cues, values, patterns)
    shaken(theirs, rng)
    ours = HopfieldAssociation(num_heads=2, key_dim=3)
    ours(cues, values, patterns)
    beta, *_ = ours.get_weights()
    ours.set_weights([beta, *theirs.get_weights()])
    mask = rng.random((BATCH, CUES, STORED)) < 0.7
    mask[..., 0] = True
    found, weights = ours(
        cues, values, patterns, attention_mask=mask, return_attention_scores=True
    )
    expected, their_weights = theirs(
        cues, values, patterns, attention_mask=mask, return_attention_scores=True
    )
    np.testing.assert_allclose(weights, their_weights, atol=1e-5)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_heads_have_a_sharpness_each(cues, patterns):
    layer = HopfieldAssociation(2, 3, beta=0.5, learn_beta=True, updates=3)
    layer(cues, patterns)
    assert layer.log_beta.shape == (2, 1, 1)
    np.testing.assert_allclose(np.exp(layer.log_beta), 0.5, rtol=1e-5)
    assert any(w is layer.log_beta for w in layer.trainable_weights)
    fixed = HopfieldAssociation(2, 3, beta=0.5)
    fixed(cues, patterns)
    assert not any(w is fixed.log_beta for w in fixed.trainable_weights)

    def read(log_beta):
        layer.log_beta.assign(log_beta)
        return layer(cues, patterns)

    start = np.asarray(layer.log_beta)
    sharper = np.asarray(read(start + [[[1.0]], [[0.0]]]))
    both = np.asarray(read(start + 1.0))
    assert np.abs(sharper - both).max() > 1e-4


def test_heads_hold_any_attention(cues, patterns, values, rng, tmp_path):
    """Heads of a Hopfield attention, whose β is then the same for all."""
    hopfield = HopfieldAttention(beta=0.5, learn_beta=True, updates=3)
    ours = MultiHeadAttention(2, 3, attention=hopfield)
    found = ours(cues, values, patterns)
    shaken(ours, rng)
    association = HopfieldAssociation(2, 3, learn_beta=True, updates=3)
    association(cues, values, patterns)
    log_beta, *others = ours.get_weights()
    association.set_weights([np.full((2, 1, 1), log_beta), *others])
    found, expected = (each(cues, values, patterns) for each in (ours, association))
    np.testing.assert_allclose(found, expected, atol=1e-5)

    inputs = [keras.Input(array.shape[1:]) for array in (cues, values, patterns)]
    keras.Model(inputs, ours(*inputs)).save(tmp_path / "heads.keras")
    again = keras.saving.load_model(tmp_path / "heads.keras")
    np.testing.assert_allclose(again([cues, values, patterns]), found, atol=1e-6)


def test_pooling_and_lookup_are_associations(cues, patterns, rng):
    """With their learned cues, or patterns, given to one."""
    pooling = HopfieldPooling(2, 3, quantity=2, updates=2)
    pooled = pooling(patterns)
    association = HopfieldAssociation(2, 3, updates=2)
    learned = np.broadcast_to(pooling.cues, (BATCH, 2, DIM))
    association(learned, patterns)
    association.set_weights([w for w in pooling.get_weights() if w.shape != (2, DIM)])
    expected = np.reshape(association(learned, patterns), (BATCH, -1))
    np.testing.assert_allclose(pooled, expected, atol=1e-5)

    lookup = HopfieldLookup(2, 3, slots=6, updates=2)
    found = lookup(cues)
    keys, table = (
        np.broadcast_to(t, (BATCH, 6, DIM)) for t in (lookup.patterns, lookup.values)
    )
    association = HopfieldAssociation(2, 3, updates=2)
    association(cues, table, keys)
    association.set_weights([w for w in lookup.get_weights() if w.shape != (6, DIM)])
    np.testing.assert_allclose(found, association(cues, table, keys), atol=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HopfieldAssociation(0, 3), "a positive integer for num_heads"),
        (lambda: HopfieldAssociation(2, 3, beta=0), "a finite number above 0 for beta"),
        (lambda: MultiHeadAttention(2, 3, attention="dot"), "Expected an Attention"),
        (lambda: HopfieldPooling(2, 3, quantity=0), "a positive integer for quantity"),
        (lambda: HopfieldLookup(2, 3, slots=0), "a positive integer for slots"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
