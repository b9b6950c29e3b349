import keras
import numpy as np
import pytest

from keras_memory.layers import AttentionPooling

BATCH, SENTENCES, WORDS, DIM = 2, 3, 5, 4


@pytest.fixture
def words(rng):
    return rng.normal(size=(BATCH, SENTENCES, WORDS, DIM)).astype("float32")


def test_pooling_of_words(words, naive):
    """Equations 5 to 7 of Yang et al. (2016)."""
    pooling = AttentionPooling(units=6)
    read, weights = pooling(words, return_attention_scores=True)
    context, *additive = (np.asarray(w, "float64") for w in pooling.get_weights())
    query_kernel, key_kernel, scale = additive
    for place in np.ndindex(BATCH, SENTENCES):
        hidden = np.tanh(words[place] @ key_kernel + context[0] @ query_kernel)
        expected = naive.softmax(hidden @ scale[:, 0])
        np.testing.assert_allclose(weights[place], expected, atol=1e-6)
        np.testing.assert_allclose(read[place], expected @ words[place], atol=1e-5)


def test_structured_attention_masks_words_and_sentences(words):
    """The second sentence of the first text has no words, and the second text only one."""
    real = np.ones((BATCH, SENTENCES, WORDS), bool)
    real[0, 1], real[1, 1:] = False, False
    of_words, of_sentences = AttentionPooling(), AttentionPooling()
    masked = keras.layers.Masking()(words)
    masked._keras_mask = real
    sentences = of_words(masked)
    np.testing.assert_array_equal(sentences._keras_mask, [[1, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(np.asarray(sentences)[~real.any(-1)], 0)
    text, weights = of_sentences(sentences, return_attention_scores=True)
    assert text.shape == (BATCH, DIM)
    np.testing.assert_allclose(np.asarray(weights)[1], [1, 0, 0], atol=1e-7)
    assert np.asarray(weights)[0, 1] == 0


def test_padding_does_not_matter(words):
    pooling, real = AttentionPooling(), np.ones(words.shape[:-1], bool)
    expected = pooling(words)
    pad = ((0, 0), (0, 0), (0, 2))
    longer = np.pad(words, (*pad, (0, 0)), constant_values=99)
    np.testing.assert_allclose(pooling(longer, mask=np.pad(real, pad)), expected, atol=1e-6)


def test_too_few_axes():
    with pytest.raises(ValueError, match=r"inputs \(batch, items, dim\).*Received: \(2, 3\)"):
        AttentionPooling()(np.ones((2, 3), "float32"))
