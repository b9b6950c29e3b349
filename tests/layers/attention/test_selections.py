from functools import partial

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_memory.layers import (
    ArgMax,
    Attention,
    Sample,
    Selection,
    Softmax,
    Sparsemax,
    StraightThroughGumbel,
    TopKSoftmax,
    selections,
)

BATCH, QUERIES, KEYS = 2, 3, 7

MAKE = {
    "softmax": Softmax,
    "tempered": lambda **k: Softmax(temperature=0.3, **k),
    "top_k": lambda **k: TopKSoftmax(3, **k),
    "sparsemax": Sparsemax,
    "argmax": ArgMax,
    "gumbel": lambda **k: StraightThroughGumbel(seed=1, **k),
    "sample": lambda **k: Sample(seed=1, **k),
}
every_selection = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
few_examples = settings(max_examples=20, deadline=None)


@pytest.fixture
def scores(rng):
    return 2 * rng.normal(size=(BATCH, QUERIES, KEYS)).astype("float32")


@pytest.fixture
def mask():
    """Of the keys, for each example; broadcasts over the queries."""
    rows = [[1, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0, 0, 1, 0]]
    return np.array(rows, bool)[:, None]


def every_row(function, scores):
    return np.array([[function(row.astype("float64")) for row in rows] for rows in scores])


def sparsemax(row):
    """The nearest point of the simplex, by bisection on the threshold."""
    low, high = row.min() - 1, row.max()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(row - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(row - low, 0)


def top_three(row):
    powers = np.where(row >= np.sort(row)[-3], np.exp(row), 0)
    return powers / powers.sum()


def test_softmax(scores, naive):
    np.testing.assert_allclose(Softmax()(scores), every_row(naive.softmax, scores), atol=1e-6)
    expected = every_row(lambda row: naive.softmax(row / 0.3), scores)
    np.testing.assert_allclose(Softmax(temperature=0.3)(scores), expected, atol=1e-6)


def test_top_k(scores):
    expected = every_row(top_three, scores)
    np.testing.assert_allclose(TopKSoftmax(3)(scores), expected, atol=1e-6)


def test_sparsemax(scores):
    weights = Sparsemax()(scores)
    np.testing.assert_allclose(weights, every_row(sparsemax, scores), atol=1e-5)
    assert np.any(np.asarray(weights) == 0)


@pytest.mark.parametrize("make", [Softmax, partial(TopKSoftmax, 3)])
def test_a_temperature_divides_the_scores(make, scores, mask):
    found = make(temperature=0.3)(scores, mask=mask)
    expected = make()(scores / np.float32(0.3), mask=mask)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([0.01, 1.0, 100.0, 1e4]))
@few_examples
def test_sparsemax_is_the_nearest_point_of_the_simplex(seed, scale):
    row = (scale * np.random.default_rng(seed).normal(size=KEYS)).astype("float32")
    weights = np.asarray(Sparsemax()(row[None, None]))[0, 0]
    np.testing.assert_allclose(weights, sparsemax(row.astype("float64")), atol=1e-3)
    np.testing.assert_allclose(weights.sum(), 1, atol=1e-5)


def test_argmax(scores):
    expected = every_row(lambda row: np.arange(KEYS) == row.argmax(), scores)
    np.testing.assert_array_equal(ArgMax()(scores), expected)
    for selection in (Sample(), StraightThroughGumbel()):
        np.testing.assert_array_equal(selection(scores), expected)


@every_selection
@pytest.mark.parametrize("training", [False, True])
def test_masked_keys_get_nothing(make, training, scores, mask):
    weights = np.asarray(make()(scores, mask=mask, training=training))
    np.testing.assert_array_equal(weights[np.broadcast_to(~mask, weights.shape)], 0)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)
    louder = np.where(mask, scores, 1e9).astype("float32")
    np.testing.assert_array_equal(make()(louder, mask=mask, training=training), weights)


@every_selection
def test_what_is_masked_might_as_well_be_absent(make, scores):
    mask = np.arange(KEYS) < 5
    alone = make()(scores[..., :5])
    np.testing.assert_allclose(make()(scores, mask=mask)[..., :5], alone, atol=1e-6)


@every_selection
@pytest.mark.parametrize("training", [False, True])
def test_nothing_to_attend_to(make, training, scores, gradients):
    selection, nobody = make(), np.zeros((1, 1, KEYS), bool)

    def select(scores):
        return selection(scores, mask=nobody, training=training)

    np.testing.assert_array_equal(select(scores), 0)
    (gradient,) = gradients(lambda scores: select(scores) + 0 * scores, scores)
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("name", ["softmax", "tempered", "top_k", "sparsemax"])
def test_gradients_by_finite_differences(name, scores, mask, check_gradients):
    selection = MAKE[name](dtype="float64")
    amounts = np.arange(1.0, 1 + scores.size).reshape(scores.shape)

    def weighted(scores):
        return selection(scores, mask=mask) * amounts

    check_gradients(weighted, scores, rtol=1e-5)


@pytest.mark.parametrize("make", [Sample, StraightThroughGumbel])
def test_samples_follow_the_softmax(make, naive):
    row = np.array([1.0, 0.0, -1.0, 2.0, 0.5], "float32")
    rows = np.tile(row, (1, 20_000, 1))
    weights = np.asarray(make(seed=3)(rows, training=True))
    assert set(np.unique(weights)) == {0, 1}
    np.testing.assert_allclose(weights.mean((0, 1)), naive.softmax(row), atol=0.015)


@pytest.mark.parametrize("make", [Sample, StraightThroughGumbel])
def test_samples_are_seeded_and_move_on(make, scores):
    many = np.tile(scores, (1, 20, 1))
    one, again, other = make(seed=3), make(seed=3), make(seed=4)
    first, second = one(many, training=True), one(many, training=True)
    np.testing.assert_array_equal(again(many, training=True), first)
    assert not np.array_equal(second, first)
    assert not np.array_equal(other(many, training=True), first)


def test_the_gradient_of_a_sample_is_that_of_its_log_probability(scores, naive, gradients):
    selection = Sample(seed=3)
    (gradient,) = gradients(lambda scores: selection(scores, training=True), scores)
    sampled = Sample(seed=3)(scores, training=True)
    expected = sampled - every_row(naive.softmax, scores)  # ∇ log π(z)
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


def test_straight_through_has_the_gradient_of_the_soft_choice(scores, gradients):
    amounts = np.arange(1, KEYS + 1, dtype="float32")
    hard = StraightThroughGumbel(temperature=0.7, seed=3)
    soft = StraightThroughGumbel(temperature=0.7, seed=3)

    def softly(scores):
        noisy = scores + soft.gumbel(ops.convert_to_tensor(scores))
        return ops.multiply(ops.softmax(noisy / 0.7, axis=-1), amounts)

    (found,) = gradients(lambda x: ops.multiply(hard(x, training=True), amounts), scores)
    (expected,) = gradients(softly, scores)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_samples_and_argmax_pass_no_gradient_to_what_is_read(scores, rng, gradients):
    value = rng.normal(size=(BATCH, KEYS, 2)).astype("float32")
    for selection in ("argmax", Sample(seed=1)):
        attention = Attention(score="dot", selection=selection)

        def read(query, attention=attention):
            return attention(query, value, training=True) + 0 * query

        (gradient,) = gradients(read, rng.normal(size=(BATCH, 3, 2)).astype("float32"))
        np.testing.assert_array_equal(gradient, 0)


@pytest.mark.only("tensorflow", because="tf.function compiles for sizes unknown")
def test_rows_of_unknown_length_may_be_shorter_than_k():
    import tensorflow as tf

    top = tf.function(TopKSoftmax(3), input_signature=[tf.TensorSpec([1, 1, None])])
    np.testing.assert_allclose(top(np.zeros((1, 1, 2), "float32")), [[[0.5, 0.5]]])


def test_half_precision_is_computed_wide(scores):
    found = Softmax(dtype="float16")(np.float16(1000 * scores))
    assert keras.backend.standardize_dtype(found.dtype) == "float16"
    assert np.all(np.isfinite(np.asarray(found)))
    expected = Softmax()(1000 * np.float16(scores).astype("float32"))
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_a_selection_of_ones_own(scores, mask):
    class Rectified(Selection):
        def select(self, scores, training=False):
            positive = ops.relu(scores)
            return positive / (ops.sum(positive, axis=-1, keepdims=True) + 1e-6)

    positive = np.where(mask, np.maximum(scores, 0), 0)
    expected = positive / (positive.sum(-1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(Rectified()(scores, mask=mask), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TopKSoftmax(0), "positive integer for k. Received: 0"),
        (lambda: Softmax(temperature=0), "above 0 for temperature. Received: 0"),
        (lambda: StraightThroughGumbel(temperature=-1), "above 0 for temperature"),
        (
            lambda: TopKSoftmax(8)(np.zeros((1, 1, 7), "float32")),
            "k=8 .*Received: 7",
        ),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name", selections.SELECTIONS)
def test_selections_by_name(name):
    selection = selections.get(name, dtype="float64", seed=5)
    assert type(selection) is selections.SELECTIONS[name]
    assert selection.dtype_policy.name == "float64"
    assert getattr(selection, "seed", 5) == 5
    assert selections.get(selection) is selection
    again = selections.get(keras.saving.serialize_keras_object(selection))
    assert type(again) is type(selection)
    assert again.get_config() == selection.get_config()


def test_no_such_selection():
    with pytest.raises(ValueError, match="a layer or one of 'argmax'.*Received: 'hard'"):
        selections.get("hard")
