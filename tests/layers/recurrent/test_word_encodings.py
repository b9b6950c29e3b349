"""Words around a word, and words by their letters."""

import numpy as np
import pytest
from keras import ops

from keras_memory.layers import ContextWindow, LetterConvolution, LetterNGrams
from keras_memory.layers.recurrent.letter_ngrams import FACTOR

WORDS = ["cat", "cats", "Zürich", "日本", "", "a"]


def codes(words, width=8):
    rows = [[ord(letter) for letter in word] for word in words]
    return np.array([row + [0] * (width - len(row)) for row in rows], "int32")


def ngrams(word, lengths):
    """The n-grams of a word between its marks, code points."""
    marked = [2, *map(ord, word), 3] if word else []
    return [tuple(marked[i : i + n]) for n in lengths for i in range(len(marked) - n + 1)]


def row_of(gram, buckets):
    number = len(gram)
    for letter in gram:
        number = (number * FACTOR + letter) % buckets
    return number


def test_a_word_is_the_sum_of_its_parts():
    layer = LetterNGrams(6, buckets=101, lengths=(1, 3))
    found = ops.convert_to_numpy(layer(codes(WORDS)))
    (table,) = layer.get_weights()
    for word, vector in zip(WORDS, found, strict=True):
        parts = ngrams(word, (1, 3))
        expected = sum((table[row_of(gram, 101)] for gram in parts), np.zeros(6))
        np.testing.assert_allclose(vector, expected / max(1, len(parts)) ** 0.5, atol=1e-5)


def test_hashes_are_the_same_everywhere():
    """A file of weights has a row for each of them."""
    assert row_of(tuple(map(ord, "the")), 20_011) == 4_514
    assert row_of((2, 0x65E5), 20_011) == 11_854


@pytest.mark.parametrize("layer", [LetterNGrams(5), LetterConvolution(5)])
def test_padding_changes_nothing(layer):
    short, long = layer(codes(WORDS)), layer(codes(WORDS, width=20))
    np.testing.assert_allclose(short, long, atol=1e-6)
    assert not ops.convert_to_numpy(short)[WORDS.index("")].any()


def test_the_largest_response_of_each_filter():
    layer = LetterConvolution(4, width=3, letter_dim=2, buckets=300)
    found = ops.convert_to_numpy(layer(codes(["cats"])))
    table, kernel, bias = (np.asarray(w, "float64") for w in layer.get_weights())
    letters = np.pad(table[[2, *map(ord, "cats"), 3]], [[1, 1], [0, 0]])
    windows = np.stack([letters[i : i + 3].reshape(-1) for i in range(6)])
    expected = np.maximum(windows @ kernel + bias, 0).max(axis=0)
    np.testing.assert_allclose(found[0], expected, atol=1e-5)


def test_a_window():
    x = np.arange(8.0).reshape(1, 4, 2) + 1
    found = ops.convert_to_numpy(ContextWindow(1, 2)(x))
    assert found.shape == (1, 4, 8)
    np.testing.assert_array_equal(found[0, 0], [0, 0, 1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(found[0, 3], [5, 6, 7, 8, 0, 0, 0, 0])


def test_a_window_reads_zeros_of_masked_items():
    x = np.full((1, 3, 1), np.nan, "float32")
    x[0, :2, 0] = [1, 2]
    found = ContextWindow(1, 1)(x, mask=np.array([[True, True, False]]))
    np.testing.assert_array_equal(found[0], [[0, 1, 2], [1, 2, 0], [0, 0, 0]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ContextWindow(-1), "0 or more for before"),
        (lambda: LetterNGrams(0), "positive integer for dim"),
        (lambda: LetterNGrams(3, 2**21), "buckets of at most"),
        (lambda: LetterNGrams(3, lengths=()), "lengths of n-grams"),
        (lambda: LetterConvolution(3, width=2), "odd number for width"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
