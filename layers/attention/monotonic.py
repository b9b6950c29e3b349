"""Monotonic attention: each query goes on from the key where the last one stopped."""

import keras
from keras import ops

from ..masks import check_mask, join_masks
from ..precision import wide_dtype, widen
from ..sublayers import build_once
from ..time_loop import over_time
from ..validation import check_same_batch
from . import scores
from .gaussian_window import _with


@keras.saving.register_keras_serializable(package="keras_memory")
class MonotonicAttention(keras.layers.Layer):
    """Attention whose focus never moves back: each query goes on from where the last stopped.

    At each key a query stops with probability p_ij = sigmoid(s(q_i, k_j) + r), or goes on:

        α_ij = p_ij Σ_{l ≤ j} α_{i-1,l} Π_{m = l ... j-1} (1 - p_im)

    In training α is that expectation, with noise added to the scores that makes p choose
    sides; otherwise p is 0 or 1, and α the one key where the query stops, or zeros where it
    runs past the end.

    Args:
        score: s, a score layer or its name; the paper's is additive.
        noise: Standard deviation of the noise in training.
        offset: r before training; below 0, so that a query looks far ahead at first.
        seed: Of the noise.

    Call arguments:
        query: Shape `(batch, queries, dim)`.
        value: Shape `(batch, keys, value_dim)`.
        key: Shape `(batch, keys, dim)`; the values if absent.
        query_mask: Booleans of shape `(batch, queries)`; masked queries get zeros.
        value_mask: Booleans of shape `(batch, keys)`; nobody stops at masked keys.
        key_mask: As `value_mask`.
        position: α of the query before the first, shape `(batch, keys)`; absent: all on
            key 0.
        return_attention_scores: Whether to return α, too.
        return_position: Whether to return α of the last query that is not masked, too, for a
            decoder that goes step by step.
        training: Whether to take the expectation.

    Returns:
        What was read, shape `(batch, queries, value_dim)`; then, as asked for, α,
        `(batch, queries, keys)`, and the position, `(batch, keys)`, in float32 or wider.

    Raises:
        ValueError: The score is unknown, `noise` is below 0, or the shapes do not fit.

    Example:

    >>> query, value = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(MonotonicAttention()(query, value))
    (2, 3, 6)

    Reference:
        [Raffel et al., 2017](https://arxiv.org/abs/1704.00784), equations 8 to 13, with any
        score in the place of the paper's additive one of normalised v. The sum is computed
        without the paper's division by products that vanish.
    """

    def __init__(self, score="additive", noise=1.0, offset=-4.0, seed=None, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.supports_masking = True
        self.score = scores.get(score, self.dtype_policy)
        if noise < 0:
            raise ValueError(f"Expected noise of at least 0. Received: {noise!r}")
        self.noise = noise
        self.offset = offset
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = key_shape or value_shape
        check_same_batch(self.name, query_shape, value_shape, key_shape, rank=3)
        build_once(self.score, query_shape, key_shape)
        self.bias = self.add_weight(  # r
            shape=(), initializer=keras.initializers.Constant(self.offset), name="bias"
        )

    def call(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        position=None,
        return_attention_scores=False,
        return_position=False,
        training=False,
    ):
        query, value = (ops.cast(x, self.compute_dtype) for x in (query, value))
        key = value if key is None else ops.cast(key, self.compute_dtype)
        scores = widen(self.score(query, key))
        scores = scores + ops.cast(self.bias, scores.dtype)
        if training:
            noise = keras.random.normal(ops.shape(scores), seed=self.seed_generator)
            stop = ops.sigmoid(scores + self.noise * ops.cast(noise, scores.dtype))
        else:
            stop = ops.cast(scores > 0, scores.dtype)
        mask = join_masks(query, key, value_mask=value_mask, key_mask=key_mask)
        if mask is not None:
            stop = ops.where(mask, stop, 0)
        if query_mask is not None:
            check_mask("query_mask", query_mask, query.shape[:-1])
        weights, position = expected_stops(stop, query_mask, position)
        weights = ops.cast(weights, self.compute_dtype)
        return _with(
            ops.matmul(weights, value),
            (return_attention_scores, weights),
            (return_position, position),
        )

    def compute_mask(self, query, previous_mask=None):
        return previous_mask

    def compute_output_spec(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        position=None,
        return_attention_scores=False,
        return_position=False,
        training=False,
    ):
        # Written out, since JAX cannot take the loop apart for sequences of unknown length.
        (batch, queries, _), keys = query.shape, value.shape[1]
        narrow, wide = self.compute_dtype, wide_dtype(self.compute_dtype)
        return _with(
            keras.KerasTensor((batch, queries, value.shape[-1]), narrow),
            (return_attention_scores, keras.KerasTensor((batch, queries, keys), narrow)),
            (return_position, keras.KerasTensor((batch, keys), wide)),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "score": keras.saving.serialize_keras_object(self.score),
            "noise": self.noise,
            "offset": self.offset,
            "seed": self.seed,
        }


def expected_stops(stop, query_mask=None, before=None):
    """Where each query stops, given that it starts where the last one stopped.

    α_ij = p_ij q_ij, with q_ij = (1 - p_{i,j-1}) q_{i,j-1} + α_{i-1,j}.

    Args:
        stop: p, shape `(batch, queries, keys)`.
        query_mask: Booleans of shape `(batch, queries)`; a masked query stops nowhere, and
            the next goes on where the one before it stopped.
        before: α_{-1}, shape `(batch, keys)`; all on key 0 if absent.

    Returns:
        α, of the shape of `stop`, and where the last query stopped, `(batch, keys)`.
    """

    def next_query(inputs, states):
        (before,), real, p = states, inputs[:, :1] > 0, inputs[:, 1:]
        going = ops.pad(1 - p[:, :-1], ((0, 0), (1, 0)))
        alpha = p * carry_forward(going, before)  # p_i q_i
        return ops.where(real, alpha, 0), [ops.where(real, alpha, before)]

    real = ops.ones_like(stop[..., :1])
    if query_mask is not None:
        real = ops.cast(query_mask, stop.dtype)[..., None]
    if before is None:
        before = ops.one_hot(0, ops.shape(stop)[-1], dtype=stop.dtype)
    before = ops.zeros_like(stop[:, 0]) + ops.cast(before, stop.dtype)
    inputs = ops.concatenate([real, stop], axis=-1)
    alphas, (last,) = over_time(next_query, inputs, [before])
    return alphas, last


def carry_forward(going, arriving):
    """q_j = going_j q_{j-1} + arriving_j along the last axis.

    By doubling: after step i, q_j holds what arrived at the 2^i keys up to j.
    """
    keys = ops.shape(arriving)[-1]
    known = isinstance(keys, int)
    for i in range((keys - 1).bit_length() if known else 20):
        reach = min(2**i, keys) if known else ops.minimum(2**i, keys)

        def earlier(values, reach=reach):
            none = ops.zeros_like(values[..., :reach])
            return ops.concatenate([none, values[..., : keys - reach]], axis=-1)

        arriving = arriving + going * earlier(arriving)
        going = going * earlier(going)
    return arriving
