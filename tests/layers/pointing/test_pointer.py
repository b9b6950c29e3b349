import keras
import numpy as np
import pytest

from keras_memory.layers import AdditiveScore, PointerAttention

BATCH, QUERIES, KEYS, DIM = 2, 3, 5, 4


@pytest.fixture
def query(rng):
    return rng.normal(size=(BATCH, QUERIES, DIM)).astype("float32")


@pytest.fixture
def key(rng):
    return rng.normal(size=(BATCH, KEYS, DIM)).astype("float32")


def test_logits_are_scores(query, key):
    pointer = PointerAttention()
    logits = pointer(query, key)
    query_kernel, key_kernel, scale = pointer.get_weights()
    for b, q, k in np.ndindex(BATCH, QUERIES, KEYS):
        expected = np.tanh(query[b, q] @ query_kernel + key[b, k] @ key_kernel) @ scale[:, 0]
        np.testing.assert_allclose(logits[b, q, k], expected, atol=1e-5)


def test_masked_keys_are_never_pointed_at(query, key):
    real = np.array([[1, 1, 0, 1, 0], [1, 0, 0, 0, 1]], bool)
    free = np.ones((BATCH, QUERIES, KEYS), bool)
    free[0, 1, 0] = False
    logits = PointerAttention("dot")(query, key, key_mask=real, attention_mask=free)
    chances = np.asarray(keras.ops.softmax(logits, axis=-1))
    allowed = free & real[:, None]
    np.testing.assert_array_equal(chances[~allowed], 0)
    assert np.all(chances[allowed] > 0)


def test_it_learns_to_point(rng):
    """At the largest of five numbers, which chance hits one time in five."""
    numbers = rng.normal(size=(3000, 5, 1)).astype("float32")
    largest = numbers[..., 0].argmax(-1)[:, None]
    inputs = keras.Input((None, 1))
    query = keras.layers.Lambda(lambda x: keras.ops.ones_like(x[:, :1]))(inputs)
    model = keras.Model(inputs, PointerAttention(AdditiveScore(units=8))(query, inputs))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss=loss, metrics=["accuracy"])
    model.fit(numbers[:2500], largest[:2500], epochs=8, verbose=0)
    assert model.evaluate(numbers[2500:], largest[2500:], verbose=0)[1] > 0.9


def test_half_precision_stays_finite(query, key):
    pointer = PointerAttention("dot", dtype="float16")
    logits = pointer(query, key, key_mask=np.arange(KEYS) < np.array([[5], [2]]))
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert np.all(np.isfinite(np.asarray(logits)))
