"""Scores that are products of a query and a key, and all scores by their names.

A score maps queries `(batch..., queries, dim)` and keys `(batch..., keys, dim)` to
`(batch..., queries, keys)`. Whatever needs one takes any of them.

    dot       q · k                     additive     v · tanh(W q + U k)
    scaled    q · k / √dim              bilinear     q · W k
    cosine    q · k / (‖q‖ ‖k‖)         low rank     (U q) · (V k)
    separate  u · tanh(q) + v · tanh(k)
"""

import math
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import InitializerLike, LayerOptions, ScoreLike, Tensor
from ..precision import bounded, widen
from ..validation import check_above_zero, check_choice, check_positive, check_same_width
from .additive_score import AdditiveScore
from .score import Score, project


@keras.saving.register_keras_serializable(package="keras_memory")
class DotScore(Score):
    """Dot product: s(q, k) = q · k.

    Call arguments:
        query, key: As for every `Score`, of the same width.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: Queries and keys differ in width.

    Cost:
        n m d.

    Example:

    >>> keras.ops.shape(DotScore()(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 8))))
    (2, 3, 5)

    Reference:
        [Luong et al., 2015](https://arxiv.org/abs/1508.04025), equation 8, "dot".
    """

    def build(self, query_shape, key_shape):
        check_same_width(self.name, query_shape, key_shape)

    def prepare(self, key: Tensor) -> Tensor:
        return ops.cast(key, self.compute_dtype)

    def compare(self, query: Tensor, key: Tensor) -> Tensor:
        query = bounded(ops.cast(query, self.compute_dtype))
        return ops.matmul(query, ops.swapaxes(key, -1, -2))


@keras.saving.register_keras_serializable(package="keras_memory")
class ScaledDotScore(DotScore):
    """Dot product of unit variance: s(q, k) = q · k / √dim.

    Call arguments:
        query, key: As for every `Score`, of the same width.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: Queries and keys differ in width.

    Cost:
        n m d.

    Example:

    >>> query, key = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(ScaledDotScore()(query, key))
    (2, 3, 5)

    Reference:
        [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), equation 1.
    """

    def compare(self, query: Tensor, key: Tensor) -> Tensor:
        return super().compare(query / math.sqrt(query.shape[-1]), key)


@keras.saving.register_keras_serializable(package="keras_memory")
class CosineScore(DotScore):
    """Cosine similarity: s(q, k) = q · k / (‖q‖ ‖k‖), in [-1, 1].

    A vector of zeros scores 0 against everything, with finite gradients: each norm is
    √(Σ x² + ε²), with ε far below the norm of any memory row that has been written.
    Norms and scores are computed in float32 or wider; a key whose squares are too large for
    it, from a norm of 1e19, scores 0.

    Args:
        epsilon: ε, the length under which a vector counts as zero.

    Call arguments:
        query, key: As for every `Score`, of the same width.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: Queries and keys differ in width, or `epsilon` is not above 0.

    Cost:
        n m d.

    Example:

    >>> query, key = keras.ops.array([[[1.0, 0]]]), keras.ops.array([[[5.0, 0], [0, 2]]])
    >>> print(keras.ops.convert_to_numpy(CosineScore()(query, key)).round(4))
    [[[1. 0.]]]

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401), equation 6.
    """

    def __init__(self, epsilon: float = 1e-6, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_above_zero("epsilon", epsilon)
        self.epsilon = epsilon

    def compare(self, query: Tensor, key: Tensor) -> Tensor:
        query, key = bounded(widen(query)), widen(key)
        # The keys are usually the larger side: scale their scores, not their entries.
        query = query * self._inverse_norm(query)[..., None]
        scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
        return ops.cast(scores * self._inverse_norm(key)[..., None, :], self.compute_dtype)

    def _inverse_norm(self, vectors):
        return ops.rsqrt(ops.sum(ops.square(vectors), axis=-1) + self.epsilon**2)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}


@keras.saving.register_keras_serializable(package="keras_memory")
class BilinearScore(Score):
    """Dot product after a learned projection: s(q, k) = q · W k, or (U q) · (V k).

    With `rank`, W = Uᵀ V of that rank: fewer weights, and a key is projected once for all
    queries.

    Args:
        rank: Rows of U and V; a full W if absent.
        kernel_initializer: Of the weights.

    Call arguments:
        query, key: As for every `Score`; the widths may differ.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: `rank` is not a positive integer.

    Cost:
        n m d + n d²; of rank r, n m r + (n + m) d r.

    Example:

    >>> score = BilinearScore(rank=4)
    >>> keras.ops.shape(score(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))))
    (2, 3, 5)

    Reference:
        [Luong et al., 2015](https://arxiv.org/abs/1508.04025), equation 8, "general".
    """

    def __init__(
        self,
        rank: int | None = None,
        kernel_initializer: InitializerLike = "glorot_uniform",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
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

    def prepare(self, key: Tensor) -> Tensor:
        key = ops.cast(key, self.compute_dtype)
        return project(key, self.key_kernel) if self.rank else key

    def compare(self, query: Tensor, key: Tensor) -> Tensor:
        query = bounded(project(ops.cast(query, self.compute_dtype), self.query_kernel))
        return ops.matmul(query, ops.swapaxes(key, -1, -2))

    def get_config(self):
        return {
            **super().get_config(),
            "rank": self.rank,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class SeparateScore(Score):
    """A term of the query plus a term of the key: s(q, k) = u · tanh(q) + v · tanh(k).

    What the query adds is the same for all keys, and cancels in a soft-max over them: every
    query attends to the same keys. It is here to compare with programs that have it where an
    additive score was meant.

    Call arguments:
        query, key: As for every `Score`; the widths may differ.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Cost:
        n m + (n + m) d.

    Example:

    >>> keras.ops.shape(SeparateScore()(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))))
    (2, 3, 5)

    Reference:
        The program of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).
    """

    def build(self, query_shape, key_shape):
        self.query_kernel = self.add_weight(shape=(query_shape[-1], 1), name="query_kernel")
        self.key_kernel = self.add_weight(shape=(key_shape[-1], 1), name="key_kernel")

    def prepare(self, key: Tensor) -> Tensor:
        key = ops.cast(key, self.compute_dtype)
        return project(ops.tanh(key), self.key_kernel)  # v · tanh(k)

    def compare(self, query: Tensor, key: Tensor) -> Tensor:
        query = ops.cast(query, self.compute_dtype)
        return project(ops.tanh(query), self.query_kernel) + ops.swapaxes(key, -1, -2)


SCORES = {
    "additive": AdditiveScore,
    "bilinear": BilinearScore,
    "cosine": CosineScore,
    "dot": DotScore,
    "scaled_dot": ScaledDotScore,
    "separate": SeparateScore,
}


def get(identifier: ScoreLike | dict[str, Any], dtype: Any = None) -> keras.layers.Layer:
    """A score by its name, as `keras.initializers.get`.

    Args:
        identifier: A name of `SCORES`, a config as of
            `keras.saving.serialize_keras_object(score)`, or a layer, which is returned as it
            is.
        dtype: Of a score that is named: a dtype or a policy.

    Returns:
        A score layer.

    Raises:
        ValueError: There is no score of this name.

    Example:

    >>> type(scores.get("dot")).__name__
    'DotScore'
    """
    if isinstance(identifier, dict):
        identifier = keras.saving.deserialize_keras_object(identifier)
    if isinstance(identifier, keras.layers.Layer):
        return identifier
    check_choice("score", identifier, SCORES, other="a layer or ")
    return SCORES[identifier](dtype=dtype)
