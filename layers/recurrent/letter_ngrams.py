"""Vectors of words by their letters."""

from collections.abc import Sequence
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_at_most, check_not_empty, check_positive

FACTOR = 1021  # of the hash; its products with a bucket's number are in int32
MOST_BUCKETS = 2**20
# Marks where a word begins and ends: control characters, which are in no word.
BEGINNING, END = 2, 3


@keras.saving.register_keras_serializable(package="keras_memory")
class LetterNGrams(Layer):
    """The vector of a word as the sum of vectors of its parts, from one letter to several.

    output = Σ_g E[hash(g)] / √count, over all n-grams g of ^word$, n in `lengths`

    where ^ and $ mark the beginning and the end of the word. Words of any language have such
    a vector, also those that were in no training data. Several parts share a vector where
    they have the same hash.

    Args:
        dim: Width of a vector.
        buckets: Rows of the table E.
        lengths: n, how many letters parts have.

    Call arguments:
        letters: Code points, shape `(batch..., letters)`, 0 after the last letter.

    Returns:
        Shape `(batch..., dim)`; zeros without letters.

    Raises:
        ValueError: A size is not a positive integer, `buckets` are above 2²⁰, there are no
            lengths, or an axis of the letters is 0.

    Cost:
        For each word and n, as many rows of the table as the longest word has letters.

    Example:

    >>> letters = keras.ops.convert_to_tensor([[ord(letter) for letter in "word"]])
    >>> keras.ops.shape(LetterNGrams(8)(letters))
    (1, 8)

    Reference:
        [Bojanowski et al., 2017](https://arxiv.org/abs/1607.04606), section 3.2. Ours has
        n-grams from one letter on, divides the sum by √count, and learns the vectors with
        the rest.
    """

    any_width = frozenset({"letters"})
    takes_integers = True

    def __init__(
        self,
        dim: int,
        buckets: int = 20_011,
        lengths: Sequence[int] = (1, 2, 3, 4, 5),
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("dim", dim)
        check_at_most("buckets", buckets, "the largest table", MOST_BUCKETS)
        lengths = tuple(lengths)
        if not lengths:
            raise ValueError("Expected lengths of n-grams. Received: none")
        for length in lengths:
            check_positive("lengths", length)
        self.dim = dim
        self.buckets = buckets
        self.lengths = lengths

    def build(self, letters_shape):
        self.table = self.add_weight(
            shape=(self.buckets, self.dim),
            initializer=keras.initializers.RandomNormal(stddev=0.1),
            name="table",
        )  # E

    def call(self, letters):
        check_not_empty(self.name, letters=letters)
        marked = marked_letters(ops.cast(letters, "int32"))
        table = ops.convert_to_tensor(self.table)
        total, count = 0.0, 0.0
        for length in self.lengths:
            numbers, is_part = self.hashes(marked, length)
            is_part = ops.cast(is_part, table.dtype)[..., None]
            vectors = ops.take(table, numbers, axis=0) * is_part
            total = total + ops.sum(vectors, axis=-2)
            count = count + ops.sum(is_part, axis=-2)
        return total / ops.sqrt(ops.maximum(count, 1.0))

    def hashes(self, marked: Any, length: int) -> tuple[Any, Any]:
        """The row of the table of each n-gram of a length, and whether there is one.

        Args:
            marked: Words as `marked_letters` gives them, `(batch..., letters)`.
            length: n.
        """
        short = [[0, 0]] * (len(marked.shape) - 1)
        marked = ops.pad(marked, [*short, [0, length - 1]])
        count = ops.shape(marked)[-1] - length + 1
        number = length
        for i in range(length):
            letter = marked[..., i : i + count]
            number = (number * FACTOR + letter) % self.buckets
        return number, letter != 0

    def compute_output_shape(self, letters_shape):
        return (*letters_shape[:-1], self.dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dim": self.dim,
            "buckets": self.buckets,
            "lengths": list(self.lengths),
        }


def marked_letters(letters: Any) -> Any:
    """Words between marks of their beginning and end: two letters more, 0 for no letter."""
    is_word = ops.cast(letters[..., :1] != 0, "int32")
    before = ops.concatenate([is_word * BEGINNING, letters], axis=-1)
    short = [[0, 0]] * (len(letters.shape) - 1)
    before = ops.pad(before, [*short, [0, 1]])
    last = ops.pad(before, [*short, [1, 0]])[..., :-1]
    return ops.where((before == 0) & (last != 0), END, before)
