"""Vectors of words by a convolution over their letters."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..sublayers import build_sublayer
from ..validation import check_not_empty, check_odd, check_positive
from .letter_ngrams import marked_letters


@keras.saving.register_keras_serializable(package="keras_memory")
class LetterConvolution(Layer):
    """The vector of a word as the largest responses of filters along its letters.

    output = max_i relu(Σ_j W_j C[c_{i+j}] + b), j = -(width - 1) / 2 ... (width - 1) / 2

    over the letters c of ^word$, where ^ and $ mark its beginning and its end. Letters are
    Unicode's, of any language: those whose code points are equal modulo `buckets` share a
    vector.

    Args:
        dim: Width of a vector: how many filters.
        width: How many letters a filter reads, an odd number.
        letter_dim: Width of a letter's vector.
        buckets: Rows of the table C.

    Call arguments:
        letters: Code points, shape `(batch..., letters)`, 0 after the last letter.

    Returns:
        Shape `(batch..., dim)`; zeros without letters.

    Raises:
        ValueError: A size is not a positive integer, `width` is even, or an axis of the
            letters is 0.

    Cost:
        A product with a matrix `(width * letter_dim, dim)` for each letter.

    Example:

    >>> letters = keras.ops.convert_to_tensor([[ord(letter) for letter in "word"]])
    >>> keras.ops.shape(LetterConvolution(8)(letters))
    (1, 8)

    Reference:
        [Ma & Hovy, 2016](https://arxiv.org/abs/1603.01354), section 2.1. Ours rectifies the
        responses, and finds letters by their code points.
    """

    any_width = frozenset({"letters"})
    takes_integers = True

    def __init__(
        self,
        dim: int,
        width: int = 3,
        letter_dim: int = 24,
        buckets: int = 256,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("dim", dim)
        check_odd("width", width)
        check_positive("letter_dim", letter_dim)
        check_positive("buckets", buckets)
        self.dim = dim
        self.width = width
        self.letter_dim = letter_dim
        self.buckets = buckets
        self.filters = keras.layers.Dense(
            dim, activation="relu", dtype=self.dtype_policy, name="filters"
        )  # W, b

    def build(self, letters_shape):
        self.table = self.add_weight(
            shape=(self.buckets, self.letter_dim),
            initializer=keras.initializers.RandomNormal(stddev=0.5),
            name="table",
        )  # C
        shape = (*letters_shape, self.width * self.letter_dim)
        build_sublayer(self, self.filters, shape)

    def call(self, letters):
        check_not_empty(self.name, letters=letters)
        marked = marked_letters(ops.cast(letters, "int32"))
        is_letter = ops.cast(marked != 0, self.compute_dtype)[..., None]
        # A product with one-hot vectors, whose gradient is sooner than that of a look-up.
        table = ops.cast(ops.convert_to_tensor(self.table), self.compute_dtype)
        is_row = ops.one_hot(marked % self.buckets, self.buckets, dtype=self.compute_dtype)
        vectors = ops.matmul(is_row, table) * is_letter
        side, count = self.width // 2, ops.shape(marked)[-1]
        axes = [[0, 0]] * (len(marked.shape) - 1)
        padded = ops.pad(vectors, [*axes, [side, side], [0, 0]])
        windows = [padded[..., i : i + count, :] for i in range(self.width)]
        responses = self.filters(ops.concatenate(windows, axis=-1)) * is_letter
        return ops.max(responses, axis=-2)

    def compute_output_shape(self, letters_shape):
        return (*letters_shape[:-1], self.dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dim": self.dim,
            "width": self.width,
            "letter_dim": self.letter_dim,
            "buckets": self.buckets,
        }
