"""Sentence embeddings: bags of words, position encoding and temporal encoding."""

from typing import Literal, Unpack

import keras
from keras import ops

from ..argument_types import InitializerLike, LayerOptions
from ..layer import Layer
from ..validation import check_choice, check_positive, check_range

ENCODINGS = ("bag_of_words", "position")


@keras.saving.register_keras_serializable(package="keras_memory")
class SentenceEmbedding(Layer):
    """A sentence as the sum of its word vectors, with position and temporal encoding.

    m_i = Σ_j l_j ∘ A x_ij + T_A(i)

    Bags of words have l = 1. The position encoding depends on the order of the words: for
    entry k of d, and word j of J, l_kj = 1 + 4 (k - (d + 1) / 2) (j - (J + 1) / 2) / (d J).
    Words are numbered from 1; 0 is padding, which is not counted and adds exactly nothing. A
    sentence of padding alone is a vector of zeros.

    With several tables A, as memory networks have them for input and output memories of their
    hops, all of them are looked up in one pass, which is faster.

    Args:
        vocabulary_size: How many words there are.
        dim: d, width of a vector.
        tables: How many tables; if absent, one, without an axis of its own.
        encoding: `"position"` or `"bag_of_words"`.
        max_ages: How many ages have a vector in the temporal encoding T_A, the highest of
            which is that of all older sentences; if absent, there is no T_A.
        embeddings_initializer: Of A and T_A.

    Call arguments:
        ids: Numbers of words, shape `(batch..., words)`; with `reverse=True` vectors,
            `(batch..., dim)`.
        ages: How many sentences came after each, integers of shape `(batch...)`; if absent,
            T_A is not added.
        reverse: Whether to return logits, u · A x, of each word in the last table.

    Returns:
        Shape `(batch..., tables, dim)`, or `(batch..., dim)`; with `reverse=True`
        `(batch..., vocabulary_size)`.

    Raises:
        ValueError: A size is not a positive integer, the encoding is unknown, there are ages,
            but no `max_ages`, or a word's number is not from 0 to `vocabulary_size`, where
            the layer is called with numbers: a compiled function cannot refuse any.

    Cost:
        One look-up of all tables for each word.

    Example:

    >>> ids = keras.ops.array([[[2, 1, 3], [2, 4, 0]]])  # two sentences of up to three words
    >>> keras.ops.shape(SentenceEmbedding(vocabulary_size=4, dim=8)(ids))
    (1, 2, 8)

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), section 4.1. This l is
        about twice the paper's: the form of the authors' code, where the mean of l is 1, and
        with J the words of the sentence, as in the paper.
    """

    any_width = frozenset({"ids", "ages"})
    takes_integers = True

    def __init__(
        self,
        vocabulary_size: int,
        dim: int,
        tables: int | None = None,
        encoding: Literal["bag_of_words", "position"] = "position",
        max_ages: int | None = None,
        embeddings_initializer: InitializerLike | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        sizes = {"vocabulary_size": vocabulary_size, "dim": dim}
        optional = {"tables": tables, "max_ages": max_ages}
        for name, size in sizes.items():
            check_positive(name, size)
        for name, size in optional.items():
            if size is not None:
                check_positive(name, size)
        check_choice("encoding", encoding, ENCODINGS)
        self.vocabulary_size = vocabulary_size
        self.dim = dim
        self.tables = tables
        self.encoding = encoding
        self.max_ages = max_ages
        self.embeddings_initializer = keras.initializers.get(
            embeddings_initializer or keras.initializers.RandomNormal(stddev=0.1)
        )
        self.supports_masking = True

    def build(self, ids_shape):
        # Words and ages in one table, as in the authors' code: they are clipped as one.
        self.lookups = [
            self.add_weight(
                shape=(self.vocabulary_size + (self.max_ages or 0), self.dim),
                initializer=self.embeddings_initializer.clone(),
                name=f"table_{table}",
            )
            for table in range(self.tables or 1)
        ]

    def call(self, ids, ages=None, reverse=False):
        if reverse:
            last = ops.cast(self.lookups[-1], self.compute_dtype)[: self.vocabulary_size]
            return ops.matmul(ops.cast(ids, self.compute_dtype), ops.transpose(last))
        if ages is not None and not self.max_ages:
            raise ValueError(f"Expected max_ages in {self.name}, which gets ages")
        check_range("ids", ids, self.vocabulary_size)
        ids = ops.cast(ids, "int32")
        is_word = ops.not_equal(ids, 0)
        # All tables in one, for one pass over the words. The row of zeros for padding makes
        # TensorFlow's gradient dense; a sparse one is clipped before it is summed.
        table = ops.cast(ops.concatenate(self.lookups, axis=-1), self.compute_dtype)
        table = ops.pad(table, [[1, 0], [0, 0]])
        words = ops.take(table, ids, axis=0)
        vectors = ops.sum(words * self._factors(is_word), axis=-2)
        if ages is not None:
            rows = 1 + self.vocabulary_size + ops.clip(ages, 0, self.max_ages - 1)
            is_sentence = ops.any(is_word, axis=-1)[..., None]
            vectors = vectors + ops.where(is_sentence, ops.take(table, rows, axis=0), 0)
        if self.tables:
            shape = (*ops.shape(vectors)[:-1], self.tables, self.dim)
            vectors = ops.reshape(vectors, shape)
        return vectors

    def _factors(self, is_word):
        """l_j, shape `(batch..., words, dim)`, and 0 for padding."""
        is_word = ops.cast(is_word, "float32")[..., None]
        factors = is_word
        if self.encoding == "position":
            j = ops.cumsum(is_word, axis=-2)
            length = ops.maximum(ops.sum(is_word, axis=-2, keepdims=True), 1)  # J
            entry = ops.arange(1, self.dim + 1, dtype="float32")  # k
            slope = ops.tile(
                4 * (entry / self.dim - (1 + 1 / self.dim) / 2), self.tables or 1
            )
            factors = is_word * (1 + slope * ((j - (length + 1) / 2) / length))
        return ops.cast(factors, self.compute_dtype)

    def compute_mask(self, ids, previous_mask=None):
        """None: logits have none, and zeros stand for padding."""

    def compute_output_spec(self, ids, ages=None, reverse=False):
        if reverse:
            ends = (self.vocabulary_size,)
        else:
            ends = (self.tables, self.dim) if self.tables else (self.dim,)
        return keras.KerasTensor((*ids.shape[:-1], *ends), dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "dim": self.dim,
            "tables": self.tables,
            "encoding": self.encoding,
            "max_ages": self.max_ages,
            "embeddings_initializer": keras.initializers.serialize(
                self.embeddings_initializer
            ),
        }
