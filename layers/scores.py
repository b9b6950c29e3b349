"""Scores: how well does a query match a key?

A score maps queries `(batch..., queries, dim)` and keys `(batch..., keys, dim)` to
`(batch..., queries, keys)`. Whatever needs one takes any of them.
"""

import keras
from keras import ops

from .precision import widen


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

    def build(self, query_shape, key_shape):
        """Create the weights; a score without any needs nothing."""

    def compute_output_shape(self, query_shape, key_shape):
        return (*query_shape[:-1], key_shape[-2])


@keras.saving.register_keras_serializable(package="keras_memory")
class DotScore(Score):
    """Dot product: s(q, k) = q · k.

    Call arguments:
        query: Tensor of shape `(batch..., queries, dim)`.
        key: Tensor of shape `(batch..., keys, dim)`.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Example:

    >>> keras.ops.shape(DotScore()(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 8))))
    (2, 3, 5)
    """

    def call(self, query, key):
        return ops.einsum("...qd,...kd->...qk", query, key)


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

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401), equation 6.
    """

    def __init__(self, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
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
