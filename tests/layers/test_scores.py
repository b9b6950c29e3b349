import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import CosineScore, DotScore, Score

BATCH, QUERIES, KEYS, DIM = 2, 3, 5, 4


@pytest.fixture
def query(rng):
    return rng.normal(size=(BATCH, QUERIES, DIM)).astype("float32")


@pytest.fixture
def key(rng):
    return 3 * rng.normal(size=(BATCH, KEYS, DIM)).astype("float32")


def every_pair(score, query, key):
    """The score of each query with each key, one pair at a time."""
    return [
        [[score(q, k) for k in keys] for q in qs] for qs, keys in zip(query, key, strict=True)
    ]


def test_dot_score(query, key):
    expected = every_pair(lambda q, k: q.astype("float64") @ k, query, key)
    np.testing.assert_allclose(DotScore()(query, key), expected, rtol=1e-5, atol=1e-5)


def test_cosine_score(query, key, naive):
    expected = every_pair(naive.cosine, query, key)
    np.testing.assert_allclose(CosineScore()(query, key), expected, atol=1e-6)


def test_cosine_ignores_length(query, key):
    once, scaled = CosineScore()(query, key), CosineScore()(0.01 * query, 1000 * key)
    np.testing.assert_allclose(once, scaled, atol=1e-5)


def test_cosine_with_zeros_is_zero(query, gradients):
    score, zeros = CosineScore(), np.zeros((BATCH, KEYS, DIM), "float32")
    np.testing.assert_array_equal(score(query, zeros), 0)
    for gradient in gradients(score, query, zeros):
        assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize("make", [DotScore, CosineScore])
def test_gradients_by_finite_differences(
    make, query, key, gradients, slopes, only_tensorflow
):
    score, weights = make(dtype="float64"), np.arange(1.0, 31).reshape(2, 3, 5)

    def weighted(query, key):
        return score(query, key) * weights

    arrays = query.astype("float64"), key.astype("float64")
    for found, slope in zip(
        gradients(weighted, *arrays), slopes(weighted, *arrays), strict=True
    ):
        np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("make", [DotScore, CosineScore])
def test_many_leading_axes(make, rng):
    query = rng.normal(size=(2, 6, QUERIES, DIM)).astype("float32")
    key = rng.normal(size=(2, 6, KEYS, DIM)).astype("float32")
    scores = make()(query, key)
    assert scores.shape == (2, 6, QUERIES, KEYS)
    np.testing.assert_allclose(scores[1, 4], make()(query[1], key[1])[4], atol=1e-5)


def test_cosine_of_half_precision_is_computed_wide(query, key):
    """Squares of 300 overflow float16, whose largest number is 65504."""
    score = CosineScore(dtype="float16")(300 * query, 300 * key)
    assert keras.backend.standardize_dtype(score.dtype) == "float16"
    np.testing.assert_allclose(score, CosineScore()(query, key), atol=2e-3)


def test_epsilon_round_trip():
    assert CosineScore.from_config(CosineScore(epsilon=0.5).get_config()).epsilon == 0.5


def test_a_score_of_ones_own(query, key):
    class NegativeDistance(Score):
        def call(self, query, key):
            difference = query[..., :, None, :] - key[..., None, :, :]
            return -ops.sum(ops.square(difference), axis=-1)

    expected = every_pair(lambda q, k: -np.sum((q - k) ** 2), query, key)
    np.testing.assert_allclose(NegativeDistance()(query, key), expected, rtol=1e-4)
    symbolic = NegativeDistance()(keras.Input((QUERIES, DIM)), keras.Input((KEYS, DIM)))
    assert symbolic.shape == (None, QUERIES, KEYS)
