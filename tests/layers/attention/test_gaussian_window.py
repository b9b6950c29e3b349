"""Windows that move forwards over the keys, against the equations of Graves (2013)."""

import keras
import numpy as np
import pytest

from keras_memory.layers import GaussianWindowAttention

BATCH, QUERIES, KEYS, DIM, VALUES = 2, 4, 7, 3, 5


@pytest.fixture
def query(rng):
    return rng.normal(size=(BATCH, QUERIES, DIM)).astype("float32")


@pytest.fixture
def value(rng):
    return rng.normal(size=(BATCH, KEYS, VALUES)).astype("float32")


def test_gaussian_windows(query, value):
    """Equations 46 to 51 of Graves (2013), one step at a time."""
    attention = GaussianWindowAttention(num_windows=2)
    found, weights = attention(query, value, return_attention_scores=True)
    kernel, bias = (np.asarray(w, "float64") for w in attention.get_weights())
    for b in range(BATCH):
        kappa = np.zeros(2)
        for t in range(QUERIES):
            alpha, beta, step = np.split(np.exp(query[b, t] @ kernel + bias), 3)
            kappa = kappa + step
            window = [np.sum(alpha * np.exp(-beta * (kappa - u) ** 2)) for u in range(KEYS)]
            np.testing.assert_allclose(weights[b, t], window, rtol=1e-4, atol=1e-6)
            expected = np.array(window) @ value[b]
            np.testing.assert_allclose(found[b, t], expected, rtol=1e-4, atol=1e-5)


def test_windows_go_on_step_by_step(query, value):
    attention, position, reads = GaussianWindowAttention(3), None, []
    expected = attention(query, value)
    for t in range(QUERIES):
        read, position = attention(
            query[:, t : t + 1], value, position=position, return_position=True
        )
        reads.append(np.asarray(read)[:, 0])
    np.testing.assert_allclose(np.stack(reads, 1), expected, atol=1e-5)


def test_the_speed_is_the_argument(value):
    attention = GaussianWindowAttention(num_windows=2, speed=0.5)
    still = np.zeros((BATCH, QUERIES, DIM), "float32")
    _, position = attention(still, value, return_position=True)
    np.testing.assert_allclose(position, 0.5 * QUERIES, rtol=1e-6)


def test_masked_queries_do_not_move_the_windows(query, value):
    attention = GaussianWindowAttention(2)
    real = np.array([[1, 0, 1, 1], [1, 1, 1, 1]], bool)
    found = np.asarray(attention(query, value, query_mask=real))
    np.testing.assert_array_equal(found[0, 1], 0)
    without = attention(query[:1, [0, 2, 3]], value[:1])
    np.testing.assert_allclose(found[0, [0, 2, 3]], without[0], rtol=1e-5, atol=1e-6)


def test_masked_values_do_not_matter(query, value):
    attention, real = GaussianWindowAttention(), np.arange(KEYS) < np.array([[7], [4]])
    expected = attention(query, value, value_mask=real)
    longer = np.pad(value, ((0, 0), (0, 2), (0, 0)), constant_values=99)
    found = attention(query, longer, value_mask=np.pad(real, ((0, 0), (0, 2))))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    nothing = np.zeros((BATCH, KEYS), bool)
    np.testing.assert_array_equal(attention(query, value, value_mask=nothing), 0)


def test_windows_go_on_in_half_precision(value, rng):
    """Beyond 256 keys, bfloat16 could not add 1 to a position."""
    attention = GaussianWindowAttention(num_windows=1, dtype="mixed_bfloat16")
    still = np.zeros((BATCH, 1, DIM), "float32")
    position = np.full((BATCH, 1), 300.0, "float32")
    _, moved = attention(still, value, position=position, return_position=True)
    np.testing.assert_allclose(moved, 301, atol=1e-3)


def test_speed_inside_a_model_of_ones_own(query, value):
    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.attention = GaussianWindowAttention(num_windows=1, speed=0.25)

        def call(self, inputs):
            return self.attention(*inputs, return_position=True)[1]

    still = np.zeros_like(query)
    np.testing.assert_allclose(Reader()((still, value)), 0.25 * QUERIES, rtol=1e-6)


@pytest.mark.only("tensorflow", because="Keras computes in float64 there alone")
def test_double_precision(query, value):
    query, value = query[..., :DIM].astype("float64"), value[..., :DIM].astype("float64")
    found = GaussianWindowAttention(dtype="float64")(query, value)
    assert keras.backend.standardize_dtype(found.dtype) == "float64"


def test_bad_arguments(query, value):
    with pytest.raises(ValueError, match="for num_windows. Received: 0"):
        GaussianWindowAttention(0)
    with pytest.raises(ValueError, match="above 0 for speed. Received: 0"):
        GaussianWindowAttention(speed=0)
    with pytest.raises(ValueError, match="Expected query"):
        GaussianWindowAttention()(query, value[:1])
