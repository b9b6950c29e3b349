import numpy as np
import pytest
from keras import ops

from keras_memory.layers import LearnedSentenceEncoding


def random_layer(rng, max_words=4):
    layer = LearnedSentenceEncoding(max_words)
    layer.build((None, None, 3))
    layer.set_weights([rng.normal(size=(max_words, 3))])
    return layer


def test_the_paper_in_numpy(rng):
    """Words beyond the last position have the factors of that."""
    layer = random_layer(rng)
    words = rng.normal(size=(2, 5, 6, 3)).astype("float32")
    factors = ops.convert_to_numpy(layer.factors)[[0, 1, 2, 3, 3, 3]]
    np.testing.assert_allclose(layer(words), (factors * words).sum(axis=-2), atol=1e-5)


def test_it_starts_as_a_bag_of_words(rng):
    words = rng.normal(size=(2, 6, 3)).astype("float32")
    np.testing.assert_allclose(
        LearnedSentenceEncoding(4)(words), words.sum(axis=1), atol=1e-5
    )


def test_padding_adds_nothing_wherever_it_is(rng):
    """Nor does NaN there, and no position is counted for it."""
    layer = random_layer(rng)
    words = rng.normal(size=(1, 3, 3)).astype("float32")
    padded = np.full((1, 7, 3), np.nan, "float32")
    padded[:, [1, 2, 5]] = words
    mask = np.zeros((1, 7), bool)
    mask[:, [1, 2, 5]] = True
    np.testing.assert_allclose(layer(padded, mask=mask), layer(words), atol=1e-6)
    np.testing.assert_array_equal(
        layer(padded, mask=np.zeros((1, 7), bool)), np.zeros((1, 3))
    )


def test_a_wrong_size_is_refused():
    with pytest.raises(ValueError, match="positive integer for max_words. Received: 0"):
        LearnedSentenceEncoding(0)
