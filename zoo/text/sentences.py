"""Documents as the numbers of the words of their sentences.

0 is padding, 1 is a word without a number, the others have numbers from 2 on.
"""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from .patterns import ASCII_LETTERS, LETTERS, lines_of_words
from .plain import check_vocabulary
from .strings import each_once, lower_case, replaced, strings, to_lists

UNKNOWN_ID = 1


def sentences_of_words(
    texts: Any, sentences: int, words: int, letters: str = LETTERS
) -> tf.RaggedTensor:
    """The words of texts by sentence, in lower case; `!` and `?` are words of their own.

    Words are of letters, digits and apostrophes; anything else is a space.
    A sentence ends with `.`, `!`, `?`, a tag of HTML or its last word that fits.

    Args:
        texts: Strings, `(batch,)`.
        sentences: Sentences of a text, at most: its last.
        words: Words of a sentence, at most.
        letters: A class of RE2.

    Returns:
        Ragged strings, `(batch, sentences, words)`.
    """
    text = strings(texts, compose=letters != ASCII_LETTERS)  # version 0.1.0 did not
    text = replaced(text, lines_of_words(words, letters))
    # In lower case at last: a letter outside of the class must not become one of it.
    return tf.strings.split(tf.strings.split(lower_case(text), "\n")[:, -sentences:])


class Sentences:
    """From texts to the numbers of the words of their sentences.

    Args:
        vocabulary: The words that have numbers, from 2 on.
        sentences: Sentences of a text, at most.
        words: Words of a sentence, at most.
        letters: What words are of, a class of RE2.

    Raises:
        ValueError: `vocabulary` is not a list of words, each once, as texts are read.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        sentences: int,
        words: int,
        letters: str = LETTERS,
    ) -> None:
        self.size = (sentences, words)
        self.letters = letters
        check_vocabulary(
            vocabulary, lambda texts: to_lists(self.words(texts).merge_dims(1, 2))
        )
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary), mask_token="")
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def words(self, texts: Sequence[str]) -> Any:
        """Ragged strings `(batch, sentences, words)` of strings `(batch,)`."""
        return sentences_of_words(texts, *self.size, self.letters)

    def ids(self, texts: Sequence[str]) -> Any:
        """Numbers `(batch, sentences, words)` of strings `(batch,)`."""
        ids = self._to_ids(self.words(texts))
        return tf.cast(ids.to_tensor(shape=(None, *self.size)), tf.int32)

    def known_words(self, ids: Any) -> Any:
        """How many words of each text have a number, `(batch,)`, of its `ids`."""
        return tf.math.count_nonzero(ids > UNKNOWN_ID, axis=(1, 2), dtype=tf.int32)

    def unknown(self, texts: Sequence[str]) -> Any:
        """Strings `(batch,)`: the words of each text without a number, joined by commas."""
        words = self.words(texts).merge_dims(1, 2)
        return each_once(tf.ragged.boolean_mask(words, self._to_ids(words) == UNKNOWN_ID))
