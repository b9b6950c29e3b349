import numpy as np
import pytest

from keras_memory.layers import Attention, LocalAttention

BATCH, QUERIES, KEYS, DIM, VALUES = 2, 6, 9, 4, 5


def band(reach):
    """Who is within reach: queries × keys."""
    return np.abs(np.arange(QUERIES)[:, None] - np.arange(KEYS)) <= reach


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("reach", [1, 2, 20])
def test_monotonic_is_attention_under_a_band(reach, causal, query, key, value, rng):
    real = rng.uniform(size=(BATCH, KEYS)) > 0.3
    arguments = {
        "value_mask": real,
        "return_attention_scores": True,
        "use_causal_mask": causal,
    }
    found, weights = LocalAttention(reach)(query, value, key, **arguments)
    window = np.broadcast_to(band(reach), (BATCH, QUERIES, KEYS))
    expected, full = Attention()(query, value, key, attention_mask=window, **arguments)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(weights, full, atol=1e-6)


def test_predictive(query, key, value, naive):
    """Equations 9 and 10 of Luong et al. (2015), one query at a time."""
    attention = LocalAttention(reach=2, predictive=True, score="dot")
    found, weights = attention(query, value, key, return_attention_scores=True)
    hidden, position = (np.asarray(w, "float64") for w in attention.get_weights())
    for b in range(BATCH):
        for q in range(QUERIES):
            place = KEYS * naive.sigmoid(np.tanh(query[b, q] @ hidden) @ position)[0]
            expected = np.zeros(KEYS)
            window = [i for i in range(KEYS) if abs(i - round(place)) <= 2]
            expected[window] = naive.softmax(key[b, window].astype("float64") @ query[b, q])
            expected *= np.exp(-((np.arange(KEYS) - place) ** 2) / (2 * (2 / 2) ** 2))
            np.testing.assert_allclose(weights[b, q], expected, atol=1e-5)
            np.testing.assert_allclose(found[b, q], naive.read(value[b], expected), atol=1e-5)


def test_the_predicted_position_learns(query, key, value, gradients):
    attention = LocalAttention(reach=2, predictive=True)
    attention(query, value, key)

    def run(*weights):
        return attention.stateless_call(weights, [], query, value, key)[0]

    for gradient in gradients(run, *attention.get_weights()):
        assert np.any(gradient != 0)


@pytest.mark.parametrize("predictive", [False, True])
def test_padding_does_not_matter(predictive, query, key, value):
    attention = LocalAttention(2, predictive)
    real = np.array([[1] * 9, [1] * 5 + [0] * 4], bool)
    expected = attention(query, value, key, value_mask=real)
    pad = ((0, 0), (0, 3), (0, 0))
    longer = np.pad(value, pad, constant_values=1e4), np.pad(key, pad, constant_values=1e4)
    found = attention(query, *longer, value_mask=np.pad(real, pad[:2]))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("predictive", [False, True])
@pytest.mark.parametrize("shape", [(BATCH, 1), (1, KEYS)])
def test_masks_broadcast(shape, predictive, query, key, value, rng):
    attention, real = LocalAttention(2, predictive), rng.uniform(size=shape) > 0.5
    whole = np.broadcast_to(real, (BATCH, KEYS))
    expected = attention(query, value, key, value_mask=whole)
    found = attention(query, value, key, value_mask=real)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_masked_queries_get_zeros(query, key, value):
    real = np.arange(QUERIES) < np.array([[6], [2]])
    found = np.asarray(LocalAttention(2)(query, value, key, query_mask=real))
    np.testing.assert_array_equal(found[~real], 0)
    assert np.all(np.abs(found[real]).sum(-1) > 0)


def test_bad_arguments():
    with pytest.raises(ValueError, match="positive integer for reach. Received: 0"):
        LocalAttention(0)
    with pytest.raises(ValueError, match="selection with gradients.*arg_max"):
        LocalAttention(2, predictive=True, selection="argmax")
