"""Documents as the numbers of the words of their sentences.

0 is padding, 1 is a word without a number, the others have numbers from 2 on.
"""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from .strings import strings


def sentences_of_words(texts, sentences, words):
    """The words of texts by sentence, in lower case; `!` and `?` are words of their own.

    Words are of the letters a to z, digits and apostrophes; anything else is a space.
    A sentence ends with `.`, `!`, `?`, a tag of HTML or its last word that fits.

    Args:
        texts: Strings, `(batch,)`.
        sentences: Sentences of a text, at most: its last.
        words: Words of a sentence, at most.

    Returns:
        Ragged strings, `(batch, sentences, words)`.
    """
    text = tf.strings.lower(strings(texts))
    for pattern, replacement in (
        (r"<[^>]*>|\.+", "\n"),
        (r"([!?]+)", " \\1\n"),
        (r"[^a-z0-9'!?\n]+", " "),
        (rf"((?:\S+ ){{{words}}})", "\\1\n"),
        (r"\s*\n\s*", "\n"),
        (r"^\s+|\s+$", ""),
    ):
        text = tf.strings.regex_replace(text, pattern, replacement)
    return tf.strings.split(tf.strings.split(text, "\n")[:, -sentences:])


class Sentences:
    """From texts to the numbers of the words of their sentences.

    Args:
        vocabulary: The words that have numbers, from 2 on.
        sentences: Sentences of a text, at most.
        words: Words of a sentence, at most.
    """

    def __init__(self, vocabulary: Sequence[str], sentences: int, words: int) -> None:
        self.size = (sentences, words)
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary), mask_token="")
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def words(self, texts: Sequence[str]) -> Any:
        """Ragged strings `(batch, sentences, words)` of strings `(batch,)`."""
        return sentences_of_words(texts, *self.size)

    def ids(self, texts: Sequence[str]) -> Any:
        """Numbers `(batch, sentences, words)` of strings `(batch,)`."""
        ids = self._to_ids(self.words(texts))
        return tf.cast(ids.to_tensor(shape=(None, *self.size)), tf.int32)
