"""What Keras's own layers take, ours take; what its wrappers need, ours have."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import layers

BATCH, QUERIES, KEYS, DIM, HEADS = 2, 3, 5, 4, 2


@pytest.fixture
def query(rng):
    return rng.normal(size=(BATCH, QUERIES, DIM)).astype("float32")


@pytest.fixture
def value(rng):
    return rng.normal(size=(BATCH, KEYS, DIM)).astype("float32")


def test_a_list_of_query_and_value(query, value):
    attention = layers.Attention()
    np.testing.assert_array_equal(attention([query, value]), attention(query, value))
    np.testing.assert_array_equal(
        attention([query, value, 2 * value]), attention(query, value, 2 * value)
    )
    inputs = [keras.Input(x.shape[1:]) for x in (query, value)]
    model = keras.Model(inputs, attention(inputs))
    np.testing.assert_allclose(model([query, value]), attention(query, value), atol=1e-6)
    for nothing in (query, [query], (query, None)):
        with pytest.raises(ValueError, match="Expected a query and a value.*Received"):
            attention(nothing)


@pytest.mark.parametrize(
    "shape", [(BATCH, HEADS, QUERIES, KEYS), (BATCH, 1, 1, KEYS), (1, 1, QUERIES, KEYS)]
)
def test_a_mask_for_each_head(shape, query, value, rng):
    mask = rng.random(shape) < 0.6
    mask[..., 0] = True
    theirs = keras.layers.MultiHeadAttention(HEADS, 3)
    ours = layers.MultiHeadAttention(HEADS, 3)
    ours(query, value), theirs(query, value)
    ours.set_weights([w + 0.1 for w in ours.get_weights()])
    by_name = {weight.path.split("/", 1)[1]: weight for weight in theirs.weights}
    for dense in ("query", "key", "value", "output"):
        layer = getattr(ours, f"{dense}_dense")
        for name in ("kernel", "bias"):
            target = by_name.get(f"{dense}/{name}", by_name.get(f"attention_{dense}/{name}"))
            target.assign(getattr(layer, name))
    expected, expected_weights = theirs(
        query, value, attention_mask=mask, return_attention_scores=True
    )
    for value_mask in (None, np.ones((BATCH, KEYS), bool)):
        found, weights = ours(
            query,
            value,
            attention_mask=mask,
            value_mask=value_mask,
            return_attention_scores=True,
        )
        np.testing.assert_allclose(found, expected, atol=1e-5)
        np.testing.assert_allclose(weights, expected_weights, atol=1e-5)


def test_a_mask_for_another_number_of_heads(query, value):
    with pytest.raises(ValueError, match="Expected attention_mask of shape .*Received"):
        layers.MultiHeadAttention(HEADS, 3)(
            query, value, attention_mask=np.ones((BATCH, HEADS + 1, QUERIES, KEYS), bool)
        )


@pytest.mark.parametrize("return_sequences", [True, False])
def test_backtracking_in_both_directions(value, return_sequences):
    layer = layers.SparseAttentiveBacktracking(
        keras.layers.LSTMCell(3), k_top=2, return_sequences=return_sequences
    )
    both = keras.layers.Bidirectional(layer)
    found = ops.convert_to_numpy(both(value))
    forward = ops.convert_to_numpy(both.forward_layer(value))
    np.testing.assert_allclose(found[..., :6], forward, atol=1e-6)
    plain = layers.SparseAttentiveBacktracking(
        keras.layers.LSTMCell(3), k_top=2, return_sequences=return_sequences
    )
    plain(value)
    plain.set_weights(both.backward_layer.get_weights())
    backward = ops.convert_to_numpy(plain(value[:, ::-1]))
    backward = backward[:, ::-1] if return_sequences else backward
    np.testing.assert_allclose(found[..., 6:], backward, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        layers.AttentionRNN(keras.layers.GRUCell(3)),
        layers.PointerRNN(keras.layers.GRUCell(3)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_what_takes_a_memory_has_one_direction(layer):
    with pytest.raises(ValueError, match="Expected a layer of one sequence.*Received"):
        keras.layers.Bidirectional(layer)


@pytest.mark.parametrize(
    "layer",
    [layers.AttentionPooling(), layers.HopfieldPooling(2, 4), layers.SaliencyGate()],
    ids=lambda layer: type(layer).__name__,
)
def test_distributed_over_time_and_over_items(layer, rng):
    sets = rng.normal(size=(2, 3, 4, 8)).astype("float32")
    for wrapped in (keras.layers.TimeDistributed(layer), layers.ItemWise(layer)):
        symbol = wrapped(keras.Input((3, 4, 8)))
        assert tuple(wrapped(sets).shape)[1:] == tuple(symbol.shape)[1:]


def test_patterns_keep_their_precision():
    patterns = np.array([[1000.3, -0.7], [0.1, 1000.3]], "float32")
    for dtype in ("mixed_float16", "mixed_bfloat16"):
        memory = layers.ContinuousMemory(2, beta=1.0, dtype=dtype)
        memory(patterns, training=True)
        recalled = ops.convert_to_numpy(ops.cast(memory(patterns), "float32"))
        np.testing.assert_allclose(recalled, patterns, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_a_large_beta_in_half_precision(dtype, rng):
    patterns = np.where(rng.random((1, 6, 512)) < 0.5, -1, 1).astype("float32")
    for layer in (
        layers.HopfieldAttention(beta=200.0, dtype=dtype),
        layers.HopfieldAttention(beta=200.0, updates=3, dtype=dtype),
    ):
        found = ops.convert_to_numpy(ops.cast(layer(patterns, patterns), "float32"))
        np.testing.assert_array_equal(found, patterns)


@pytest.mark.parametrize("score", ["bilinear", "additive", "cosine"])
def test_every_score_in_half_precision(score, query, value):
    attention = layers.HopfieldAttention(2.0, score=score, dtype="mixed_float16")
    rnn = layers.AttentionRNN(keras.layers.GRUCell(4), attention, dtype="mixed_float16")
    assert np.all(np.isfinite(ops.convert_to_numpy(ops.cast(rnn(query, value), "float32"))))


@pytest.mark.parametrize(
    "use",
    [
        lambda x: layers.AdditiveScore().compare(x, x),
        lambda x: layers.BilinearScore().compare(x, x),
        lambda x: layers.MultiHeadAttention(2, 3).reader(x, x),
        lambda x: layers.HopfieldAttention().scale(x),
        lambda x: layers.AttentionRNN(keras.layers.GRUCell(3)).reader(x),
        lambda x: layers.NTMCell(keras.layers.LSTMCell(3), 4, 5).get_initial_state(2),
    ],
)
def test_a_method_before_the_layer_is_built(use, value):
    with pytest.raises(AttributeError, match="Expected .* to be built, .* Received: a layer"):
        use(value)
