"""Local attention: a window of keys around a position, instead of all of them."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, ScoreLike, SelectionLike
from ..masks import check_mask, join_masks, zero_masked
from ..precision import wide_dtype
from ..sublayers import build_sublayer
from ..validation import check_not_empty, check_positive, check_same_batch
from .holder import AttentionHolder, HeldAttention


@keras.saving.register_keras_serializable(package="keras_memory")
class LocalAttention(AttentionHolder):
    """Attention to the 2 D + 1 keys around a position p_t, at a cost linear in length.

    Monotonic: p_t = t, the weights as they are. Predictive: p_t = S sigmoid(v · tanh(W q_t)),
    with S the number of keys that are not masked; weights are multiplied by
    exp(-(i - p_t)² / 2σ²), σ = D / 2, which lets p_t learn.

    Args:
        reach: D, how many keys to either side.
        predictive: Whether the position is predicted from the query.
        score: As for `Attention`.
        selection: As for `Attention`.
        dropout: As for `Attention`.
        seed: As for `Attention`.

    Call arguments:
        As for `Attention`, with one batch axis, without `attention_mask`; padding comes last.
        `use_causal_mask` leaves out the keys after step t.

    Returns:
        What was read, shape `(batch, queries, value_dim)`; with
        `return_attention_scores=True` also the weights, `(batch, queries, keys)`. Predictive
        weights do not sum to 1.

    Raises:
        ValueError: As for `Attention`, or `reach` is not a positive integer, or the selection
            of a predicted position has no gradients.

    Cost:
        n D d for n queries: linear in the length, whatever the number of keys.

    Example:

    >>> query, value = keras.ops.ones((2, 9, 8)), keras.ops.ones((2, 9, 8))
    >>> keras.ops.shape(LocalAttention(reach=2)(query, value))
    (2, 9, 8)

    Reference:
        [Luong et al., 2015](https://arxiv.org/abs/1508.04025), section 3.2.
    """

    def __init__(
        self,
        reach: int,
        predictive: bool = False,
        score: ScoreLike = "scaled_dot",
        selection: SelectionLike = "softmax",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        attention = HeldAttention(score, selection, dropout, seed, kwargs.get("dtype"))
        super().__init__(attention, **kwargs)
        check_positive("reach", reach)
        if predictive and not self.selection.reads_have_gradients:
            raise ValueError(
                "Expected a selection with gradients, for a predicted position to learn. "
                f"Received: {self.selection.name}"
            )
        self.reach = reach
        self.predictive = predictive

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = key_shape or value_shape
        check_same_batch(self.name, query_shape, value_shape, key_shape, rank=3)
        build_sublayer(self, self.score, query_shape, key_shape)
        build_sublayer(self, self.selection, (*query_shape[:-1], 1, 2 * self.reach + 1))
        if self.predictive:
            width = query_shape[-1]
            self.hidden = keras.layers.Dense(  # W
                width, activation="tanh", use_bias=False, dtype=self.dtype_policy
            )
            build_sublayer(self, self.hidden, query_shape)
            self.position = keras.layers.Dense(  # v
                1, activation="sigmoid", use_bias=False, dtype=wide_dtype(self.compute_dtype)
            )
            build_sublayer(self, self.position, (*query_shape[:-1], width))

    def call(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        return_attention_scores=False,
        training=False,
        use_causal_mask=False,
    ):
        check_not_empty(self.name, query=query, value=value)
        key = value if key is None else key
        keys = ops.shape(key)[-2]
        if query_mask is not None:
            check_mask("query_mask", query_mask, query.shape[:-1])
        joined = join_masks(query, key, value_mask=value_mask, key_mask=key_mask)
        value, key = (zero_masked(x, value_mask, key_mask) for x in (value, key))
        query, key_mask = zero_masked(query, query_mask), joined
        if key_mask is not None:
            key_mask = ops.broadcast_to(key_mask, (ops.shape(key)[0], 1, keys))
        centres = self._centres(query, key_mask, keys)  # p_t
        reach = ops.arange(-self.reach, self.reach + 1, dtype="int32")
        window = ops.cast(ops.round(centres), "int32") + reach
        index = ops.clip(window, 0, keys - 1)
        mask = ops.equal(window, index)
        if key_mask is not None:
            is_key = self._gather(ops.swapaxes(key_mask, -1, -2), index)[..., 0]
            mask = ops.logical_and(mask, is_key)
        if query_mask is not None:
            mask = ops.logical_and(mask, ops.cast(query_mask, "bool")[..., None])
        if use_causal_mask:
            steps = ops.arange(ops.shape(query)[-2], dtype="int32")
            mask = ops.logical_and(mask, window <= steps[:, None])
        weights = self._weigh(query, key, centres, window, index, mask, training)
        read = self._attention.read(weights, self._gather(value, index), training)[..., 0, :]
        if not return_attention_scores:
            return read
        weights = weights[..., 0, :]
        return read, sum(
            weights[..., i, None] * ops.one_hot(index[..., i], keys, dtype=weights.dtype)
            for i in range(2 * self.reach + 1)
        )

    def _weigh(self, query, key, centres, window, index, mask, training):
        """The weights over each window, `(batch, queries, 1, window)`."""
        window_keys = self._gather(self.score.prepare(key), index)
        weights = self._attention.weigh(
            query[..., None, :], window_keys, mask[..., None, :], training
        )
        if not self.predictive:
            return weights
        deviation = self.reach / 2  # σ = D / 2
        distance = (ops.cast(window, centres.dtype) - centres) / deviation
        gaussian = ops.exp(-ops.square(distance) / 2)[..., None, :]
        return weights * ops.cast(gaussian, weights.dtype)

    def _centres(self, query, key_mask, keys):
        """p_t, shape `(batch, queries, 1)`."""
        wide = wide_dtype(self.compute_dtype)
        if not self.predictive:
            steps = ops.arange(ops.shape(query)[-2], dtype=wide)
            return ops.zeros_like(query[..., :1], dtype=wide) + steps[:, None]
        count = ops.cast(keys, wide)  # S
        if key_mask is not None:
            count = ops.sum(ops.cast(key_mask, wide), axis=-1, keepdims=True)
        return count * self.position(self.hidden(query))

    @staticmethod
    def _gather(values, index):
        """`(batch, keys, dim)` at `(batch, queries, window)`, with a last axis `dim`."""
        batch, keys = ops.shape(values)[:2]
        rows = index + keys * ops.arange(batch, dtype="int32")[:, None, None]
        return ops.take(ops.reshape(values, (-1, values.shape[-1])), rows, axis=0)

    def get_config(self):
        return {
            **super().get_config(),
            "reach": self.reach,
            "predictive": self.predictive,
        }
