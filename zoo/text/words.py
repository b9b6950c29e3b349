"""Sentences as the numbers of their words, and as the letters of these.

0 is padding, 1 is a word without a number, the others have numbers from 2 on.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .patterns import WORDS
from .plain import UNKNOWN_ID, composed
from .plain_words import check_words, each_alone
from .strings import each_once, in_utf8, lower_case, replaced


class Words:
    """From sentences to the numbers of their words, and the code points of their letters.

    Args:
        vocabulary: The words that have numbers, from 2 on.
        letters: How many letters of a word are read; of a longer word the first half of them
            and the last. 0: none.
        cased: Whether upper case is read as such.

    Raises:
        ValueError: `vocabulary` is not a list of words, each once.
    """

    def __init__(
        self, vocabulary: Sequence[str], letters: int = 0, cased: bool = False
    ) -> None:
        check_words(vocabulary, cased)
        self.letters = letters
        self.cased = cased
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary), mask_token="")
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def words(self, texts: Any) -> Any:
        """Ragged strings `(batch, words)` of strings `(batch,)`, or of words, as they are.

        Raises:
            ValueError: They are neither.
        """
        given = texts
        if not isinstance(texts, (tf.Tensor, tf.RaggedTensor)):
            try:
                rows = texts.tolist() if isinstance(texts, np.ndarray) else texts
                texts = None
                if isinstance(rows, (list, tuple)):
                    texts = tf.ragged.constant(composed(rows), dtype=tf.string)
            except (TypeError, ValueError):
                pass
        if texts is None or texts.dtype != tf.string or texts.shape.rank not in (1, 2):
            raise ValueError(
                "Expected a list of sentences, each a string or each a list of words. "
                f"Received: {given!r}"
            )
        texts = in_utf8(texts)
        if texts.shape.rank == 1:
            return tf.strings.split(replaced(texts + " ", WORDS))
        if isinstance(texts, tf.Tensor):
            texts = tf.RaggedTensor.from_tensor(texts)
        return tf.ragged.boolean_mask(texts, tf.not_equal(texts, ""))

    def each_alone(self, words: Any) -> Any:
        """Sentences of one word each, as `ids` takes them, of words, strings `(batch,)`.

        Raises:
            ValueError: They are not.
        """
        if (
            isinstance(words, tf.Tensor)
            and words.dtype == tf.string
            and words.shape.rank == 1
        ):
            return words[:, None]
        return each_alone(words)

    def ids(self, texts: Any) -> dict[str, Any]:
        """`words`, numbers `(batch, words)`, and `letters`, `(batch, words, letters)`."""
        words = self._as_read(self.words(texts))
        ids = _padded(tf.cast(self._to_ids(words), tf.int32))
        if not self.letters:
            return {"words": ids}
        codes = tf.strings.unicode_decode(words.flat_values, "UTF-8")
        half = self.letters // 2
        codes = tf.concat(
            [codes[:, :half], codes[:, half:][:, half - self.letters :]], axis=1
        )
        codes = codes.to_tensor(shape=(None, self.letters))
        return {"words": ids, "letters": _padded(words.with_flat_values(codes))}

    def unknown(self, texts: Any) -> Any:
        """Strings `(batch,)`: the words of each sentence without a number, with commas."""
        words = self.words(texts)
        is_unknown = tf.equal(self._to_ids(self._as_read(words)), UNKNOWN_ID)
        return each_once(tf.ragged.boolean_mask(words, is_unknown))

    def _as_read(self, words):
        return words if self.cased else lower_case(words)


def _padded(ragged):
    """A dense tensor, padded with zeros, with room for one word at least."""
    dense = ragged.to_tensor()
    missing = tf.cast(tf.equal(tf.shape(dense)[1], 0), tf.int32)
    return tf.pad(dense, [[0, 0], [0, missing]] + [[0, 0]] * (dense.shape.rank - 2))
