import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import (
    AdditiveScore,
    Attention,
    BilinearScore,
    CosineScore,
    DotScore,
    ScaledDotScore,
    Score,
    SeparateScore,
    scores,
)

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


def test_scaled_dot_score(query, key):
    expected = every_pair(lambda q, k: q.astype("float64") @ k / 2, query, key)
    np.testing.assert_allclose(ScaledDotScore()(query, key), expected, rtol=1e-5, atol=1e-5)


@pytest.fixture
def wide_key(rng):
    """Keys wider than the queries."""
    return rng.normal(size=(BATCH, KEYS, 6)).astype("float32")


def test_bilinear_score(query, wide_key):
    score = BilinearScore()
    found, (kernel,) = score(query, wide_key), score.get_weights()
    expected = every_pair(lambda q, k: q.astype("float64") @ kernel @ k, query, wide_key)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_bilinear_score_of_low_rank(query, wide_key):
    score = BilinearScore(rank=2)
    found, (first, second) = score(query, wide_key), score.get_weights()
    assert (first.shape, second.shape) == ((DIM, 2), (6, 2))
    expected = every_pair(lambda q, k: (q @ first) @ (k @ second), query, wide_key)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_separate_score(query, wide_key):
    score = SeparateScore()
    found, (of_query, of_key) = score(query, wide_key), score.get_weights()
    expected = every_pair(
        lambda q, k: np.tanh(q) @ of_query[:, 0] + np.tanh(k) @ of_key[:, 0], query, wide_key
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)
    # All queries attend alike.
    np.testing.assert_allclose(
        np.diff(found, axis=-1), np.diff(found[:, :1], axis=-1).repeat(3, 1), atol=1e-5
    )


WHOLE, UNIT_BY_UNIT = 2**62, 1


@pytest.mark.parametrize("max_elements", [WHOLE, UNIT_BY_UNIT])
def test_additive_score(max_elements, query, wide_key):
    score = AdditiveScore(units=7, max_elements=max_elements)
    found, (of_query, of_key, scale) = score(query, wide_key), score.get_weights()
    assert scale.shape == (7, 1)
    expected = every_pair(
        lambda q, k: np.tanh(q @ of_query + k @ of_key) @ scale[:, 0], query, wide_key
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)


def additive_gradients(max_elements, gradients, query, key, dtype):
    """By query, key and the three weights, which are given as arguments."""
    score = AdditiveScore(units=7, max_elements=max_elements, dtype=dtype)
    score.build(query.shape, key.shape)
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=w.shape).astype(query.dtype) for w in score.weights]
    amounts = rng.normal(size=(BATCH, QUERIES, KEYS)).astype(query.dtype)

    def weighted(query, key, *weights):
        found, _ = score.stateless_call(weights, [], query, key)
        return ops.multiply(found, amounts)

    return weighted, (query, key, *weights)


@pytest.mark.parametrize("max_elements", [WHOLE, UNIT_BY_UNIT])
def test_additive_gradients_by_finite_differences(
    max_elements, query, wide_key, gradients, check_gradients
):
    arrays = query.astype("float64"), wide_key.astype("float64")
    weighted, arrays = additive_gradients(max_elements, gradients, *arrays, "float64")
    check_gradients(weighted, *arrays)


def test_additive_gradients_do_not_depend_on_the_way(query, wide_key, gradients):
    found, expected = (
        gradients(*_flat(additive_gradients(way, gradients, query, wide_key, "float32")))
        for way in (UNIT_BY_UNIT, WHOLE)
    )
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def _flat(pair):
    function, arrays = pair
    return function, *arrays


@pytest.mark.only("tensorflow", because="tf.function compiles for sizes unknown")
@pytest.mark.parametrize("jit_compile", [False, True])
def test_additive_gradients_of_dynamic_sizes(jit_compile, query, wide_key):
    import tensorflow as tf

    score = AdditiveScore(units=7, max_elements=UNIT_BY_UNIT)
    whole = AdditiveScore(units=7, max_elements=WHOLE)
    score.build(query.shape, wide_key.shape)
    whole.build(query.shape, wide_key.shape)
    whole.set_weights(score.get_weights())

    def of(score):
        def gradient(query, key):
            with tf.GradientTape() as tape:
                total = tf.reduce_sum(tf.square(score(query, key)))
            return tape.gradient(total, score.trainable_variables)

        return gradient

    sizes = [tf.TensorSpec([None, None, DIM]), tf.TensorSpec([None, None, 6])]
    dynamic = tf.function(of(score), input_signature=sizes, jit_compile=jit_compile)
    expected = of(whole)(query, wide_key)
    for ours, theirs in zip(dynamic(query, wide_key), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


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
def test_gradients_by_finite_differences(make, query, key, check_gradients):
    score, weights = make(dtype="float64"), np.arange(1.0, 31).reshape(2, 3, 5)

    def weighted(query, key):
        return score(query, key) * weights

    check_gradients(weighted, query, key)


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


class NegativeDistance(Score):
    def compare(self, query, key):
        difference = query[..., :, None, :] - key[..., None, :, :]
        return -ops.sum(ops.square(difference), axis=-1)


def test_a_score_of_ones_own(query, key):
    expected = every_pair(lambda q, k: -np.sum((q - k) ** 2), query, key)
    np.testing.assert_allclose(NegativeDistance()(query, key), expected, rtol=1e-4)
    symbolic = NegativeDistance()(keras.Input((QUERIES, DIM)), keras.Input((KEYS, DIM)))
    assert symbolic.shape == (None, QUERIES, KEYS)


def weights_of(score, query, key):
    return Attention(score)(query, key, return_attention_scores=True)[1]


def test_prepared_keys_count_once_wherever_the_score_is(query, key):
    """Called, and inside an attention, a score that writes `prepare` alone is the same."""

    class OfDoubledKeys(DotScore):
        def prepare(self, key):
            return 2 * super().prepare(key)

    score, expected = OfDoubledKeys(), DotScore()(query, 2 * key)
    np.testing.assert_allclose(score(query, key), expected, rtol=1e-5)
    np.testing.assert_allclose(
        weights_of(score, query, key), ops.softmax(score(query, key)), atol=1e-6
    )


def test_a_score_of_the_last_version_still_runs(query, key):
    """It wrote `call` alone."""
    with pytest.warns(DeprecationWarning, match=r"Old to write compare\(query, key\)"):

        class Old(Score):
            def call(self, query, key):
                return NegativeDistance().compare(query, key)

    np.testing.assert_allclose(Old()(query, key), NegativeDistance()(query, key))
    expected = weights_of(NegativeDistance(), query, key)
    np.testing.assert_allclose(weights_of(Old(), query, key), expected)


def test_a_score_must_compare(query, key):
    class Nothing(Score):
        pass

    with pytest.raises(NotImplementedError, match="Nothing must write compare"):
        Nothing()(query, key)


@pytest.mark.parametrize("name", scores.SCORES)
def test_scores_by_name(name, query, key):
    score = scores.get(name, dtype="float64")
    assert type(score) is scores.SCORES[name]
    assert score.dtype_policy.name == "float64"
    assert scores.get(score) is score
    again = scores.get(keras.saving.serialize_keras_object(score))
    assert type(again) is type(score)
    assert again.get_config() == score.get_config()
    assert Attention(name)(query, key).shape == query.shape


def test_no_such_score():
    with pytest.raises(ValueError, match="a layer or one of 'additive'.*Received: 'dots'"):
        scores.get("dots")
