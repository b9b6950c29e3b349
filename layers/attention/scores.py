"""Scores: how well does a query match a key?

A score maps queries `(batch..., queries, dim)` and keys `(batch..., keys, dim)` to
`(batch..., queries, keys)`. Whatever needs one takes any of them.

    dot       q · k                     additive     v · tanh(W q + U k)
    scaled    q · k / √dim              bilinear     q · W k
    cosine    q · k / (‖q‖ ‖k‖)         low rank     (U q) · (V k)
    separate  u · tanh(q) + v · tanh(k)
"""

import math

import keras
from keras import ops

from ..precision import widen
from ..validation import check_above_zero, check_positive, check_same_width


def project(vectors, kernel):
    """vectors · kernel, of any rank, with a gradient that XLA can take inside a loop."""
    if len(vectors.shape) == 3 and vectors.shape[1] == 1:
        # TensorFlow has else, for the gradient, a product for each example of the batch.
        return ops.matmul(vectors[:, 0], kernel)[:, None]
    axes = "abcdefgh"[: len(vectors.shape) - 1]
    return ops.einsum(f"{axes}x,xy->{axes}y", vectors, kernel)


class Score(keras.layers.Layer):
    """A score s(query, key); a subclass writes `call(query, key)`.

    Shapes: `query` is `(batch..., queries, dim)`, `key` is `(batch..., keys, dim)`, the
    result `(batch..., queries, keys)`. A score sees no mask: the selection that turns
    scores into weights leaves out what is padding.

    Example:

    ```python
    class NegativeDistance(Score):
        def call(self, query, key):
            difference = query[..., :, None, :] - key[..., None, :, :]
            return -ops.sum(ops.square(difference), axis=-1)
    ```
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, query_shape, key_shape):
        """Create the weights; a score without any needs nothing."""

    def compute_output_shape(self, query_shape, key_shape):
        return (*query_shape[:-1], key_shape[-2])

    def compute_mask(self, query, previous_mask=None):
        """None: a query's mask is no mask of its scores."""

    def prepare(self, key):
        """What can be computed of the keys alone, `(batch..., keys, units)`: once, for a
        decoder that comes with one query after the other.

        A subclass with a `prepare` writes `compare`, too, and `call` of the two.
        """
        return key

    def compare(self, query, prepared):
        """The scores of queries and prepared keys."""
        return self(query, prepared)

    def get_config(self):
        # Written out, since Keras refuses its own to a layer that was given a dtype policy. A
        # subclass with arguments adds them here.
        return super().get_config()


@keras.saving.register_keras_serializable(package="keras_memory")
class DotScore(Score):
    """Dot product: s(q, k) = q · k.

    Call arguments:
        query: Tensor of shape `(batch..., queries, dim)`.
        key: Tensor of shape `(batch..., keys, dim)`.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: Queries and keys differ in width.

    Example:

    >>> keras.ops.shape(DotScore()(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 8))))
    (2, 3, 5)

    Reference:
        [Luong et al., 2015](https://arxiv.org/abs/1508.04025), equation 8, "dot".
    """

    def build(self, query_shape, key_shape):
        check_same_width(self.name, query_shape, key_shape)

    def call(self, query, key):
        return ops.matmul(query, ops.swapaxes(key, -1, -2))


@keras.saving.register_keras_serializable(package="keras_memory")
class ScaledDotScore(DotScore):
    """Dot product of unit variance: s(q, k) = q · k / √dim.

    Call arguments:
        query: Tensor of shape `(batch..., queries, dim)`.
        key: Tensor of shape `(batch..., keys, dim)`.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: Queries and keys differ in width.

    Example:

    >>> query, key = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(ScaledDotScore()(query, key))
    (2, 3, 5)

    Reference:
        [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), equation 1.
    """

    def call(self, query, key):
        return super().call(query / math.sqrt(query.shape[-1]), key)


@keras.saving.register_keras_serializable(package="keras_memory")
class CosineScore(DotScore):
    """Cosine similarity: s(q, k) = q · k / (‖q‖ ‖k‖), in [-1, 1].

    A vector of zeros scores 0 against everything, with finite gradients: each norm is
    √(Σ x² + ε²), with ε far below the norm of any memory row that has been written.
    Norms and scores are computed in float32 or wider.

    Args:
        epsilon: ε, the length under which a vector counts as zero.

    Call arguments:
        query: Tensor of shape `(batch..., queries, dim)`.
        key: Tensor of shape `(batch..., keys, dim)`.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: Queries and keys differ in width, or `epsilon` is not above 0.

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401), equation 6.
    """

    def __init__(self, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        check_above_zero("epsilon", epsilon)
        self.epsilon = epsilon

    def call(self, query, key):
        query, key = widen(query), widen(key)
        # The keys are usually the larger side: scale their scores, not their entries.
        query = query * self._inverse_norm(query)[..., None]
        scores = super().call(query, key) * self._inverse_norm(key)[..., None, :]
        return ops.cast(scores, self.compute_dtype)

    def _inverse_norm(self, vectors):
        return ops.rsqrt(ops.sum(ops.square(vectors), axis=-1) + self.epsilon**2)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}


@keras.saving.register_keras_serializable(package="keras_memory")
class BilinearScore(Score):
    """Dot product after a learned map: s(q, k) = q · W k, or (U q) · (V k).

    With `rank`, W = Uᵀ V of that rank: fewer weights, and a key is mapped once for all
    queries.

    Args:
        rank: Rows of U and V; a full W if absent.
        kernel_initializer: Of the weights.

    Call arguments:
        query: Tensor of shape `(batch..., queries, query_dim)`.
        key: Tensor of shape `(batch..., keys, key_dim)`; the widths may differ.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: `rank` is not a positive integer.

    Example:

    >>> score = BilinearScore(rank=4)
    >>> keras.ops.shape(score(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))))
    (2, 3, 5)

    Reference:
        [Luong et al., 2015](https://arxiv.org/abs/1508.04025), equation 8, "general".
    """

    def __init__(self, rank=None, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        if rank is not None:
            check_positive("rank", rank)
        self.rank = rank
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, query_shape, key_shape):
        units = self.rank or key_shape[-1]
        self.query_kernel = self.add_weight(  # U, or W
            shape=(query_shape[-1], units),
            initializer=self.kernel_initializer,
            name="query_kernel",
        )
        if self.rank:
            self.key_kernel = self.add_weight(  # V
                shape=(key_shape[-1], units),
                initializer=self.kernel_initializer.clone(),
                name="key_kernel",
            )

    def call(self, query, key):
        return self.compare(query, self.prepare(key))

    def prepare(self, key):
        key = ops.cast(key, self.compute_dtype)
        return project(key, self.key_kernel) if self.rank else key

    def compare(self, query, prepared):
        query = project(ops.cast(query, self.compute_dtype), self.query_kernel)
        return ops.matmul(query, ops.swapaxes(prepared, -1, -2))

    def get_config(self):
        return {
            **super().get_config(),
            "rank": self.rank,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class SeparateScore(Score):
    """A score of query and key each by itself: s(q, k) = u · tanh(q) + v · tanh(k).

    What the query adds is the same for all keys, and a soft-max over them does not see it:
    every query attends alike. It is here to compare with programs that have it where an
    additive score was meant.

    Call arguments:
        query: Tensor of shape `(batch..., queries, query_dim)`.
        key: Tensor of shape `(batch..., keys, key_dim)`; the widths may differ.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Example:

    >>> keras.ops.shape(SeparateScore()(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))))
    (2, 3, 5)

    Reference:
        The program of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).
    """

    def build(self, query_shape, key_shape):
        self.query_kernel = self.add_weight(shape=(query_shape[-1], 1), name="query_kernel")
        self.key_kernel = self.add_weight(shape=(key_shape[-1], 1), name="key_kernel")

    def call(self, query, key):
        of_query = project(ops.tanh(query), self.query_kernel)  # u · tanh(q)
        of_key = project(ops.tanh(key), self.key_kernel)  # v · tanh(k)
        return of_query + ops.swapaxes(of_key, -1, -2)
