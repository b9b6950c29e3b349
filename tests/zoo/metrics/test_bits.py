import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.zoo import BitsPerSequence, WrongBitsPerSequence

BATCH, STEPS, BITS = 3, 5, 4


@pytest.fixture
def answers(rng):
    """Targets and logits."""
    targets = rng.integers(0, 2, size=(BATCH, STEPS, BITS)).astype("float32")
    return targets, rng.normal(size=targets.shape, scale=3).astype("float32")


@pytest.fixture
def counts():
    """Which steps count: a different number in each sequence, none in the last."""
    steps = np.arange(STEPS)
    return np.array([steps < 3, steps == 4, steps < 0], "float32")


def bits(targets, logits):
    """-log2 p of every bit."""
    probabilities = 1 / (1 + np.exp(-logits.astype("float64")))
    return -np.log2(np.where(targets == 1, probabilities, 1 - probabilities))


def test_bits_per_sequence(answers):
    expected = bits(*answers).sum(axis=(1, 2)).mean()
    np.testing.assert_allclose(BitsPerSequence()(*answers), expected, rtol=1e-5)


def test_bits_of_the_steps_that_count(answers, counts):
    expected = (bits(*answers).sum(axis=2) * counts).sum() / BATCH
    loss = BitsPerSequence()(*answers, sample_weight=counts)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_chance_costs_a_bit_each(answers):
    targets, logits = answers
    np.testing.assert_allclose(
        BitsPerSequence()(targets, 0 * logits), STEPS * BITS, rtol=1e-6
    )


def test_bits_are_finite_at_extreme_logits(answers):
    targets, logits = answers
    wrong = np.where(targets == 1, -1e4, 1e4).astype("float32")
    expected = STEPS * BITS * 1e4 / np.log(2)
    np.testing.assert_allclose(BitsPerSequence()(targets, wrong), expected, rtol=1e-5)
    np.testing.assert_allclose(BitsPerSequence()(targets, -wrong), 0, atol=1e-6)


def test_wrong_bits_per_sequence(answers):
    targets, logits = answers
    metric = WrongBitsPerSequence()
    metric.update_state(targets, logits)
    expected = ((logits > 0) != (targets == 1)).sum() / BATCH
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_wrong_bits_of_the_steps_that_count(answers, counts):
    targets, logits = answers
    metric = WrongBitsPerSequence()
    metric.update_state(targets, logits, sample_weight=counts)
    wrong = ((logits > 0) != (targets == 1)).sum(axis=2)
    np.testing.assert_allclose(metric.result(), (wrong * counts).sum() / BATCH, rtol=1e-6)


def test_wrong_bits_over_uneven_batches(answers):
    targets, logits = answers
    whole, parts = WrongBitsPerSequence(), WrongBitsPerSequence()
    whole.update_state(targets, logits)
    parts.update_state(targets[:1], logits[:1])
    parts.update_state(targets[1:], logits[1:])
    np.testing.assert_allclose(parts.result(), whole.result(), rtol=1e-6)
    parts.reset_state()
    assert float(parts.result()) == 0


@pytest.mark.parametrize("make", [BitsPerSequence, WrongBitsPerSequence])
def test_config_round_trip(make):
    one = make(name="bits")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(one))
    assert type(again) is make
    assert again.get_config() == one.get_config()


def test_padding_does_not_change_the_cost(answers):
    targets, logits = answers
    padding = ((0, 0), (0, 2), (0, 0))
    weight = np.pad(np.ones((BATCH, STEPS), "float32"), padding[:2])
    loss = BitsPerSequence()
    padded = loss(
        np.pad(targets, padding), ops.pad(logits, padding, constant_values=9), weight
    )
    np.testing.assert_allclose(padded, loss(targets, logits), rtol=1e-5)
