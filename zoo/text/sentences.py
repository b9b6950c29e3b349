"""Documents as the numbers of the words of their sentences."""

import keras
import tensorflow as tf

from .strings import strings


def sentences_of_words(texts, sentences, words):
    """Texts as sentences of words, in lower case, with `!` and `?` for words of their own.

    Words are of the letters a to z, digits and apostrophes; anything else is a space.
    A sentence ends with `.`, `!`, `?`, a tag of HTML or its last word that fits.

    Args:
        texts: Strings, `(batch,)`.
        sentences: How many of a text are kept, its last.
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
    """Texts as the numbers of the words of their sentences.

    Args:
        vocabulary: The words that have numbers, from 2 on.
        sentences: Sentences of a text, at most.
        words: Words of a sentence, at most.
    """

    def __init__(self, vocabulary, sentences, words):
        self.size = (sentences, words)
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary), mask_token="")
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def words(self, texts):
        """Ragged strings `(batch, sentences, words)` of strings `(batch,)`."""
        return sentences_of_words(texts, *self.size)

    def ids(self, texts):
        """Numbers `(batch, sentences, words)` of strings `(batch,)`."""
        ids = self._to_ids(self.words(texts))
        return tf.cast(ids.to_tensor(shape=(None, *self.size)), tf.int32)
