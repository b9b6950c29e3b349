"""Bags of n-grams: the numbers of the words of a sentence, and of words that are adjacent."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_at_most, check_positive, check_range

LARGEST_CODE = 2**31 - 1


@keras.saving.register_keras_serializable(package="keras_memory")
class WordNGrams(Layer):
    """The words of a sentence, then its bigrams, trigrams, ..., each by its number.

    A word has its own number, from 1. An n-gram of words w_1 ... w_n has the remainder of
    Σ_i w_i (V + 1)^(n - i), divided by the number of buckets, after those of the V words; so
    long as there are enough buckets, no two n-grams have the same. What has padding in it is
    padding, 0.

    Args:
        vocabulary_size: V, how many words there are.
        n: Words of the longest n-gram; with 1, words alone.
        buckets: How many numbers n-grams have.

    Call arguments:
        ids: Numbers of words, shape `(batch..., words)`, 0 for padding.

    Returns:
        Integers of shape `(batch..., n * words)`, below `vocabulary_size + buckets + 1`.

    Raises:
        ValueError: A size is not a positive integer, or the numbers are beyond 32 bits; or a
            word's number is not from 0 to `vocabulary_size`.

    Cost:
        n for each word.

    Example:

    >>> WordNGrams(vocabulary_size=4, n=2, buckets=100)([[2, 1, 0]]).numpy().tolist()
    [[2, 1, 0, 16, 0, 0]]

    Reference:
        [Weston et al., 2015](https://arxiv.org/abs/1502.05698), section 5, where a bag has
        1-, 2- and 3-grams. Theirs have a vocabulary; these, buckets.
    """

    any_width = frozenset({"ids"})
    takes_integers = True

    def __init__(
        self,
        vocabulary_size: int,
        n: int = 3,
        buckets: int = 2048,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("vocabulary_size", vocabulary_size)
        check_positive("n", n)
        most = LARGEST_CODE // (vocabulary_size + 1) - 1
        check_at_most("buckets", buckets, "the largest for this vocabulary", most)
        self.vocabulary_size = vocabulary_size
        self.n = n
        self.buckets = buckets

    @property
    def size(self) -> int:
        """How many numbers there are, without that of padding."""
        return self.vocabulary_size + (self.buckets if self.n > 1 else 0)

    def call(self, ids):
        check_range("ids", ids, self.vocabulary_size)
        ids = ops.cast(ids, "int32")
        grams, code, is_whole = [ids], ids, ids != 0
        axes = [[0, 0]] * (len(ids.shape) - 1)
        for _ in range(1, self.n):
            ids = ops.pad(ids, [*axes, [0, 1]])[..., 1:]  # the next word of each
            code = (code * (self.vocabulary_size + 1) + ids) % self.buckets
            is_whole = ops.logical_and(is_whole, ids != 0)
            grams.append(ops.where(is_whole, 1 + self.vocabulary_size + code, 0))
        return ops.concatenate(grams, axis=-1)

    def compute_output_spec(self, ids):
        words = ids.shape[-1]
        words = None if words is None else self.n * words
        return keras.KerasTensor((*ids.shape[:-1], words), dtype="int32")

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "n": self.n,
            "buckets": self.buckets,
        }
