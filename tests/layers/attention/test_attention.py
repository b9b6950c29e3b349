import keras
import numpy as np
import pytest

from keras_memory.layers import Attention, MultiHeadAttention, TopKSoftmax

BATCH, QUERIES, KEYS, DIM, VALUES = 2, 3, 5, 4, 6


@pytest.fixture
def mask():
    return np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]], bool)


def test_what_is_read_is_the_weighted_sum_of_the_values(query, key, value, naive):
    read, weights = Attention(score="dot")(query, value, key, return_attention_scores=True)
    for b in range(BATCH):
        for q in range(QUERIES):
            expected = naive.softmax(key[b].astype("float64") @ query[b, q])
            np.testing.assert_allclose(weights[b, q], expected, atol=1e-6)
            np.testing.assert_allclose(read[b, q], naive.read(value[b], expected), atol=1e-5)


def test_keys_default_to_the_values(query, key):
    attention = Attention()
    np.testing.assert_array_equal(attention(query, key), attention(query, key, key))


def dot(rng):
    return keras.layers.Attention(), Attention("dot"), [], []


def scaled_dot(rng):
    """Its scale, a number, is on the diagonal of the bilinear score's W."""
    theirs = keras.layers.Attention(use_scale=True)
    return theirs, Attention("bilinear"), [np.float32(0.7)], [0.7 * np.eye(DIM)]


def concat(rng):
    """c Σ tanh(a (q + k)): W and U are a on the diagonal, and v is c throughout."""
    theirs = keras.layers.Attention(use_scale=True, score_mode="concat")
    ours = [0.7 * np.eye(DIM), 0.7 * np.eye(DIM), np.full((DIM, 1), 1.3)]
    return theirs, Attention("additive"), [np.float32(0.7), np.float32(1.3)], ours


def additive(rng):
    """It has no maps of its own: W and U are the identity."""
    scale = rng.normal(size=DIM)
    ours = [np.eye(DIM), np.eye(DIM), scale[:, None]]
    return keras.layers.AdditiveAttention(), Attention("additive"), [scale], ours


@pytest.mark.parametrize("kind", [dot, scaled_dot, concat, additive])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_keras(kind, masked, causal, query, key, value, mask, rng):
    theirs, ours, their_weights, our_weights = kind(rng)
    theirs([query, value, key])
    ours(query, value, key)
    theirs.set_weights(their_weights)
    ours.set_weights(our_weights)
    mask = mask if masked else None
    expected, expected_weights = theirs(
        [query, value, key],
        mask=[None, mask, None],
        return_attention_scores=True,
        use_causal_mask=causal,
    )
    found, weights = ours(
        query,
        value,
        key,
        value_mask=mask,
        return_attention_scores=True,
        use_causal_mask=causal,
    )
    # Keras gives a row without any key to attend to the mean of what is masked.
    reads = np.asarray(weights).sum(-1) > 0
    np.testing.assert_allclose(found[reads], np.asarray(expected)[reads], atol=1e-6)
    np.testing.assert_allclose(weights[reads], np.asarray(expected_weights)[reads], atol=1e-6)
    np.testing.assert_array_equal(np.asarray(found)[~reads], 0)


@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_attention_of_keras(causal, query, key, value, mask, rng, backend):
    value_dim = 3 if backend == "jax" else 7  # there, Keras's own fails where widths differ
    query = rng.normal(size=(BATCH, KEYS, DIM)).astype("float32")
    theirs = keras.layers.MultiHeadAttention(2, 3, value_dim=value_dim)
    ours = MultiHeadAttention(2, 3, value_dim=value_dim)
    theirs(query, value, key)
    ours(query, value, key)
    ours.set_weights([w + rng.normal(size=w.shape) for w in theirs.get_weights()])
    theirs.set_weights(ours.get_weights())
    arguments = {
        "value_mask": mask,
        "return_attention_scores": True,
        "use_causal_mask": causal,
    }
    expected, their_weights = theirs(query, value, key, **arguments)
    found, weights = ours(query, value, key, **arguments)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(weights, their_weights, atol=1e-6)


@pytest.mark.parametrize("score", ["additive", "bilinear", "cosine", "dot", "scaled_dot"])
@pytest.mark.parametrize(
    "selection",
    ["softmax", "sparsemax", "top_k", "argmax", "sample", "straight_through_gumbel"],
)
@pytest.mark.parametrize("make", [Attention, lambda **k: MultiHeadAttention(2, 3, **k)])
def test_every_score_goes_with_every_selection(
    score, selection, make, query, key, value, mask
):
    selection = TopKSoftmax(2) if selection == "top_k" else selection
    attention = make(score=score, selection=selection)
    read, weights = attention(
        query, value, key, value_mask=mask, return_attention_scores=True, training=True
    )
    weights = np.asarray(weights).reshape(BATCH, -1, KEYS)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    np.testing.assert_array_equal(np.moveaxis(weights, -1, 1)[~mask], 0)
    assert read.shape[:2] == (BATCH, QUERIES)


@pytest.mark.parametrize("make", [Attention, lambda: MultiHeadAttention(2, 3)])
def test_masked_values_do_not_matter(make, query, value, key, mask):
    attention = make()
    expected = attention(query, value, key, value_mask=mask)
    pad = ((0, 0), (0, 3), (0, 0))
    longer = np.pad(value, pad, constant_values=1e4), np.pad(key, pad, constant_values=1e4)
    found = attention(query, *longer, value_mask=np.pad(mask, pad[:2]))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_rows_without_anything_to_attend_to_are_zero(query, value, key):
    nothing = np.zeros((BATCH, KEYS), bool)
    np.testing.assert_array_equal(Attention()(query, value, key, value_mask=nothing), 0)
    real = np.array([[1, 0, 1], [0, 1, 0]], bool)
    found = np.asarray(Attention()(query, value, key, query_mask=real))
    np.testing.assert_array_equal(found[~real], 0)
    assert np.all(np.abs(found[real]).sum(-1) > 0)


@pytest.mark.filterwarnings("error")
def test_heads_take_the_masks_of_an_embedding():
    embedding = keras.layers.Embedding(9, DIM, mask_zero=True)
    words = embedding(np.array([[1, 2, 0], [3, 4, 5]]))
    attention = MultiHeadAttention(2, 3, use_bias=False)
    attended, weights = attention(words, words, return_attention_scores=True)
    np.testing.assert_array_equal(np.asarray(weights)[0, :, :, 2], 0)
    np.testing.assert_array_equal(np.asarray(attended)[0, 2], 0)


def test_a_sampled_selection_takes_the_seed(query, key, value):
    def draw(seed):
        attention = Attention(selection="sample", seed=seed)
        many = np.tile(query, (1, 20, 1))
        return np.asarray(attention(many, value, key, training=True))

    np.testing.assert_array_equal(draw(3), draw(3))
    assert not np.array_equal(draw(3), draw(4))


def test_masks_of_an_embedding_go_through():
    embedding = keras.layers.Embedding(9, DIM, mask_zero=True)
    words = embedding(np.array([[1, 2, 0], [3, 4, 5]]))
    attended, weights = Attention()(words, words, return_attention_scores=True)
    np.testing.assert_array_equal(np.asarray(weights)[0, :, 2], 0)
    np.testing.assert_array_equal(np.asarray(attended)[0, 2], 0)
    np.testing.assert_array_equal(attended._keras_mask, [[1, 1, 0], [1, 1, 1]])


def test_any_leading_axes(query, value, key):
    several = [np.stack([array, 2 * array]) for array in (query, value, key)]
    found = Attention()(*several)
    assert found.shape == (2, BATCH, QUERIES, VALUES)
    np.testing.assert_allclose(found[1], Attention()(*(a[1] for a in several)), atol=1e-6)


def test_dropout_is_for_training(query, value, key):
    attention = Attention(dropout=0.5, seed=3)
    np.testing.assert_array_equal(
        attention(query, value, key), Attention()(query, value, key)
    )
    trained = attention(query, value, key, training=True)
    assert not np.allclose(trained, attention(query, value, key))


@pytest.mark.parametrize("make", [Attention, lambda: MultiHeadAttention(2, 3)])
def test_weights_come_back_from_functional_models_and_files(make, query, value, tmp_path):
    arrays = query[..., :4], value[..., :4]
    inputs = [keras.Input((None, 4)), keras.Input((None, 4))]
    model = keras.Model(inputs, make()(*inputs, return_attention_scores=True))
    assert [tuple(o.shape)[1:] for o in model.outputs] == [
        tuple(None if n in (QUERIES, KEYS) else n for n in o.shape)[1:] for o in model(arrays)
    ]
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for found, expected in zip(again(arrays), model(arrays), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda q, k, v: Attention("doot"), "'dot'.* for score. Received: 'doot'"),
        (lambda q, k, v: Attention(selection=3), "'softmax'.* for selection. Received: 3"),
        (lambda q, k, v: Attention()(q, v), "same width .*Received: query .* key"),
        (lambda q, k, v: Attention()(q, v[0]), "Expected query .batch, queries, dim."),
        (lambda q, k, v: Attention()(q, v, k[:, :4]), "Received: .*key .2, 4, 4."),
        (
            lambda q, k, v: Attention()(q, v, k, value_mask=np.ones((2, 4), bool)),
            r"value_mask of shape \(2, 5\). Received: \(2, 4\)",
        ),
        (
            lambda q, k, v: Attention()(q, v, k, attention_mask=np.ones((3, 4), bool)),
            r"attention_mask of shape \(3, 5\). Received: \(3, 4\)",
        ),
        (lambda q, k, v: Attention(selection=TopKSoftmax(6))(q, v, k), "at least k=6 .*: 5"),
        (lambda q, k, v: MultiHeadAttention(2, 3)(q[None], v[None]), "Expected query"),
        (lambda q, k, v: MultiHeadAttention(0, 3), "for num_heads. Received: 0"),
    ],
)
def test_bad_input(make, message, query, key, value):
    with pytest.raises(ValueError, match=message):
        make(query, key, value)
