"""Monotonic attention, against its definition as a process."""

import keras
import numpy as np
import pytest

from keras_memory.layers import MonotonicAttention
from keras_memory.layers.attention.monotonic import expected_stops

BATCH, QUERIES, KEYS, DIM, VALUES = 2, 4, 7, 3, 5


@pytest.fixture
def query(rng):
    return rng.normal(size=(BATCH, QUERIES, DIM)).astype("float32")


@pytest.fixture
def value(rng):
    return rng.normal(size=(BATCH, KEYS, VALUES)).astype("float32")


@pytest.fixture
def key(rng):
    return rng.normal(size=(BATCH, KEYS, DIM)).astype("float32")


def test_masked_values_do_not_matter(query, value, key):
    attention, real = MonotonicAttention(), np.arange(KEYS) < np.array([[7], [4]])
    expected = attention(query, value, key, value_mask=real)
    longer = [np.pad(a, ((0, 0), (0, 2), (0, 0)), constant_values=99) for a in (value, key)]
    found = attention(query, *longer, value_mask=np.pad(real, ((0, 0), (0, 2))))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    nothing = np.zeros((BATCH, KEYS), bool)
    np.testing.assert_array_equal(attention(query, value, key, value_mask=nothing), 0)


def process(stop):
    """α by the definition: start where the last query stopped, stop or go on."""
    queries, keys = stop.shape
    alpha, before = np.zeros((queries, keys)), np.eye(keys)[0]
    for i in range(queries):
        for start in range(keys):
            here = before[start]
            for j in range(start, keys):
                alpha[i, j] += here * stop[i, j]
                here *= 1 - stop[i, j]
        before = alpha[i]
    return alpha


def test_expected_stops(rng):
    stop = rng.uniform(size=(BATCH, QUERIES, KEYS)).astype("float32")
    expected = [process(p.astype("float64")) for p in stop]
    np.testing.assert_allclose(expected_stops(stop)[0], expected, atol=1e-6)


def test_expected_stops_where_products_vanish():
    """Where p is 1, going on has probability 0, which the paper's closed form divides by."""
    stop = np.zeros((1, 3, KEYS), "float32")
    stop[0, 0, 2] = stop[0, 1, 5] = stop[0, 2, 3] = 1
    alphas, _ = expected_stops(stop)
    np.testing.assert_array_equal(alphas, [process(stop[0])])
    assert not np.any(np.asarray(alphas)[0, 2])


def test_gradients_of_expected_stops(rng, check_gradients):
    stop = rng.uniform(0.1, 0.9, size=(1, 3, 4))
    amounts = np.arange(1.0, 13).reshape(1, 3, 4)
    check_gradients(lambda p: expected_stops(p)[0] * amounts, stop, atol=1e-7)


def test_inference_stops_at_the_first_likely_key(query, value, key, naive):
    attention = MonotonicAttention(score="dot", offset=0.0)
    read, weights = attention(query, value, key, return_attention_scores=True)
    for b in range(BATCH):
        place = 0
        for q in range(QUERIES):
            stops = [j for j in range(place, KEYS) if key[b, j] @ query[b, q] > 0]
            expected = np.eye(KEYS)[stops[0]] if stops else np.zeros(KEYS)
            place = stops[0] if stops else KEYS
            np.testing.assert_array_equal(weights[b, q], expected)
            np.testing.assert_allclose(read[b, q], expected @ value[b], atol=1e-6)


def test_training_is_noisy_and_seeded(query, value, key):
    def train(seed):
        attention = MonotonicAttention(score="dot", offset=0.0, seed=seed)
        return np.asarray(attention(query, value, key, training=True))

    np.testing.assert_array_equal(train(1), train(1))
    assert not np.allclose(train(1), train(2))


def test_training_expects_the_process(query, value, key, naive):
    attention = MonotonicAttention(score="dot", offset=-0.5, noise=0.0)
    _, weights = attention(query, value, key, return_attention_scores=True, training=True)
    for b in range(BATCH):
        stop = naive.sigmoid(query[b].astype("float64") @ key[b].T - 0.5)
        np.testing.assert_allclose(weights[b], process(stop), atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_monotonic_attention_goes_on_step_by_step(training, query, value, key):
    attention = MonotonicAttention(score="dot", offset=0.0, noise=0.0)
    real = np.array([[1, 0, 1, 1], [1, 1, 1, 1]], bool)
    expected = attention(query, value, key, query_mask=real, training=training)
    position, reads = None, []
    for t in range(QUERIES):
        read, position = attention(
            query[:, t : t + 1],
            value,
            key,
            query_mask=real[:, t : t + 1],
            position=position,
            return_position=True,
            training=training,
        )
        reads.append(np.asarray(read)[:, 0])
    np.testing.assert_allclose(np.stack(reads, 1), expected, atol=1e-6)


@pytest.mark.only("tensorflow", because="Keras computes in float64 there alone")
def test_double_precision(query, value):
    query, value = query[..., :DIM].astype("float64"), value[..., :DIM].astype("float64")
    found = MonotonicAttention(dtype="float64")(query, value)
    assert keras.backend.standardize_dtype(found.dtype) == "float64"


def test_bad_arguments(query, value):
    with pytest.raises(ValueError, match="noise of at least 0. Received: -1"):
        MonotonicAttention(noise=-1)
    with pytest.raises(ValueError, match="query_mask of shape"):
        MonotonicAttention()(query, value, query_mask=np.ones((BATCH, 2), bool))
