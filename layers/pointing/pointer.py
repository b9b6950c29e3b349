"""Pointer attention: the logits of an attention are the output."""

from collections.abc import Callable
from typing import Unpack

import keras

from ..argument_types import LayerOptions, ScoreLike, Tensor
from ..attention import scores
from ..layer import Layer
from ..masks import join_masks, mask_scores, zero_masked
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_same_batch


@keras.saving.register_keras_serializable(package="keras_memory")
class PointerAttention(Layer):
    """Pointer attention: logits over the keys for each query, s(q_i, k_j).

    Masked keys get -1e30, so that their probability is exactly 0; a query that may point at
    nothing gets -1e30 alone. Train with a cross-entropy `from_logits=True` whose targets are
    indices of keys; any selection turns the logits into weights.

    Args:
        score: s, a score layer or a name; the paper's is additive.

    Call arguments:
        query: Shape `(batch..., queries, query_dim)`.
        key: Shape `(batch..., keys, key_dim)`.
        key_mask: Booleans of shape `(batch..., keys)`; `True` may be pointed at.
        attention_mask: Booleans of shape `(batch..., queries, keys)`: what a query may point
            at, as where no key may come twice.

    Returns:
        Logits of shape `(batch..., queries, keys)`, float32 or wider.

    Raises:
        ValueError: The score is unknown, or the shapes do not fit.

    Cost:
        That of its score: n m d for products, n m units for additive scores.

    Example:

    >>> query, key = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(PointerAttention()(query, key))
    (2, 3, 5)

    Reference:
        [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134), equation 3.
    """

    def __init__(self, score: ScoreLike = "additive", **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.score = scores.get(score, self.dtype_policy)

    def build(self, query_shape, key_shape):
        check_same_batch(self.name, query=query_shape, value=key_shape, key=key_shape)
        build_sublayer(self, self.score, query_shape, key_shape)

    def call(self, query, key, key_mask=None, attention_mask=None):
        mask = join_masks(query, key, key_mask=key_mask, attention_mask=attention_mask)
        return self.reader(zero_masked(key, key_mask), mask)(query)

    def reader(self, key: Tensor, mask: Tensor | None = None) -> Callable[[Tensor], Tensor]:
        """A function from queries to logits; the keys are prepared here, once.

        The mask broadcasts to the logits.
        """
        prepared = self.score.prepare(key)
        return lambda query: mask_scores(widen(self.score.compare(query, prepared)), mask)

    def compute_mask(self, query, previous_mask=None):
        return previous_mask

    def get_config(self):
        return {
            **super().get_config(),
            "score": keras.saving.serialize_keras_object(self.score),
        }
