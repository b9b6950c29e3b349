"""Sentences as sums of their words, each times a learned vector of its position."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..masks import check_mask
from ..validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class LearnedSentenceEncoding(Layer):
    """A sentence as the sum of its words, each times the learned factors of its position.

    s = Σ_j f_j ∘ x_j

    With f_j = 1, as at first, it is a bag of words; the factors learn what the order of the
    words adds. Words beyond `max_words` have the factors of the last of these. Padding adds
    exactly nothing, wherever it is.

    Args:
        max_words: How many positions have factors of their own.

    Call arguments:
        words: x, vectors of words, shape `(batch..., words, dim)`.
        mask: Booleans of shape `(batch..., words)`, `False` for padding.

    Returns:
        s, shape `(batch..., dim)`; zeros for a sentence of padding alone.

    Raises:
        ValueError: `max_words` is not a positive integer.

    Cost:
        One product for each entry of each word.

    Example:

    >>> words = keras.ops.ones((2, 3, 7, 16))  # two stories of three sentences of seven words
    >>> keras.ops.shape(LearnedSentenceEncoding(max_words=12)(words))
    (2, 3, 16)

    Reference:
        [Henaff et al., 2016](https://arxiv.org/abs/1612.03969), section 2.1.
    """

    def __init__(self, max_words: int, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_positive("max_words", max_words)
        self.max_words = max_words
        self.supports_masking = True

    def build(self, words_shape):
        self.factors = self.add_weight(  # f
            shape=(self.max_words, words_shape[-1]), initializer="ones", name="factors"
        )

    def call(self, words, mask=None):
        if mask is None:
            position = ops.arange(ops.shape(words)[-2])
        else:
            check_mask("mask", mask, words.shape[:-1])
            mask = ops.cast(mask, "bool")
            position = ops.cumsum(ops.cast(mask, "int32"), axis=-1) - 1
            words = ops.where(mask[..., None], words, 0)
        position = ops.clip(position, 0, self.max_words - 1)
        factors = ops.take(ops.cast(self.factors, self.compute_dtype), position, axis=0)
        return ops.sum(words * factors, axis=-2)

    def compute_mask(self, words, mask=None):
        """None: zeros stand for padding."""

    def compute_output_shape(self, words_shape):
        return (*words_shape[:-2], words_shape[-1])

    def get_config(self):
        return {**super().get_config(), "max_words": self.max_words}
