"""Monotonic attention: each query continues from the key where the last one stopped."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, ScoreLike, Tensor
from ..layer import Layer
from ..masks import check_mask, join_masks, zero_masked
from ..precision import wide_dtype, widen
from ..sublayers import build_sublayer
from ..time_loop import over_time
from ..validation import check_not_empty, check_same_batch
from . import scores
from .attention import with_requested


@keras.saving.register_keras_serializable(package="keras_memory")
class MonotonicAttention(Layer):
    """Monotonic attention: each query continues from the key where the last one stopped.

    At each key a query stops with probability p_ij = sigmoid(s(q_i, k_j) + r), or continues:

        α_ij = p_ij Σ_{l ≤ j} α_{i-1,l} Π_{m = l ... j-1} (1 - p_im)

    In training α is that expectation, with noise added to the scores that drives p to 0 or 1;
    otherwise p is 0 or 1, and α one-hot at the key where the query stops, or zeros where it
    stops nowhere.

    Args:
        score: s, a score layer or a name; the paper's is additive.
        noise: Standard deviation of the noise in training.
        offset: r before training; below 0, so that a query reaches far ahead at first.
        seed: Of the noise.

    Call arguments:
        query: Shape `(batch, queries, dim)`.
        value: Shape `(batch, keys, value_dim)`.
        key: Shape `(batch, keys, dim)`; the values if absent.
        query_mask: Booleans of shape `(batch, queries)`; masked queries get zeros.
        value_mask: Booleans of shape `(batch, keys)`; no query stops at masked keys.
        key_mask: As `value_mask`.
        position: α of the query before the first, shape `(batch, keys)`; absent: all on
            key 0.
        return_attention_scores: Whether to return α, too.
        return_position: Whether to return α of the last query that is not masked, too, for a
            decoder that runs step by step.
        training: Whether to take the expectation.

    Returns:
        What was read, shape `(batch, queries, value_dim)`; then, if requested, α,
        `(batch, queries, keys)`, and the position, `(batch, keys)`, in float32 or wider.

    Raises:
        ValueError: The score is unknown, `noise` is below 0, or the shapes do not fit.

    Cost:
        n m d, and n m log m for the sums along m keys.

    Example:

    >>> query, value = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(MonotonicAttention()(query, value))
    (2, 3, 6)

    Reference:
        [Raffel et al., 2017](https://arxiv.org/abs/1704.00784), equations 8 to 13, with any
        score in the place of the paper's additive one of normalised v. The sum is computed
        by a prefix scan, without the paper's division by products that vanish; where the
        number of keys is not known in advance, for at most 2^20 keys.
    """

    def __init__(
        self,
        score: ScoreLike = "additive",
        noise: float = 1.0,
        offset: float = -4.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
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
        build_sublayer(self, self.score, query_shape, key_shape)
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
        check_not_empty(self.name, query=query, value=value)
        query, value = (ops.cast(x, self.compute_dtype) for x in (query, value))
        key = value if key is None else ops.cast(key, self.compute_dtype)
        mask = join_masks(query, key, value_mask=value_mask, key_mask=key_mask)
        if query_mask is not None:
            check_mask("query_mask", query_mask, query.shape[:-1])
        query = zero_masked(query, query_mask)
        value, key = (zero_masked(x, value_mask, key_mask) for x in (value, key))
        scores = widen(self.score(query, key))
        scores = scores + ops.cast(self.bias, scores.dtype)
        if training:
            noise = keras.random.normal(ops.shape(scores), seed=self.seed_generator)
            stop = ops.sigmoid(scores + self.noise * ops.cast(noise, scores.dtype))
        else:
            stop = ops.cast(scores > 0, scores.dtype)
        if mask is not None:
            stop = ops.where(mask, stop, 0)
        weights, position = expected_stops(stop, query_mask, position)
        weights = ops.cast(weights, self.compute_dtype)
        return with_requested(
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
        # Written out, since JAX cannot trace the loop for sequences of unknown length.
        (batch, queries, _), keys = query.shape, value.shape[1]
        narrow, wide = self.compute_dtype, wide_dtype(self.compute_dtype)
        return with_requested(
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


def expected_stops(
    stop: Tensor, query_mask: Tensor | None = None, before: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Where each query stops, given that it starts where the last one stopped.

    α_ij = p_ij q_ij, with q_ij = (1 - p_{i,j-1}) q_{i,j-1} + α_{i-1,j}.

    Args:
        stop: p, shape `(batch, queries, keys)`.
        query_mask: Booleans of shape `(batch, queries)`; a masked query stops nowhere, and
            the next continues where the one before it stopped.
        before: α_{-1}, shape `(batch, keys)`; all on key 0 if absent.

    Returns:
        α, of the shape of `stop`, and where the last query stopped, `(batch, keys)`.
    """

    def next_query(inputs, states):
        (before,), is_query, p = states, inputs[:, :1] > 0, inputs[:, 1:]
        passing = ops.pad(1 - p[:, :-1], ((0, 0), (1, 0)))
        alpha = p * linear_recurrence(passing, before)  # p_i q_i
        return ops.where(is_query, alpha, 0), [ops.where(is_query, alpha, before)]

    is_query = ops.ones_like(stop[..., :1])
    if query_mask is not None:
        is_query = ops.cast(query_mask, stop.dtype)[..., None]
    if before is None:
        before = ops.one_hot(0, ops.shape(stop)[-1], dtype=stop.dtype)
    before = ops.zeros_like(stop[:, 0]) + ops.cast(before, stop.dtype)
    inputs = ops.concatenate([is_query, stop], axis=-1)
    alphas, (last,) = over_time(next_query, inputs, [before])
    return alphas, last


MAX_DOUBLINGS = 20  # of a scan over keys whose number is not known


def linear_recurrence(factors: Tensor, inputs: Tensor) -> Tensor:
    """q_j = factors_j q_{j-1} + inputs_j along the last axis.

    The prefix scan of [Hillis & Steele, 1986](https://doi.org/10.1145/7902.7903): after step
    i, q_j has the inputs of the 2^i keys up to j. If the number of keys is not known, there
    are 20 steps, for up to 2^20 keys.
    """
    keys = ops.shape(inputs)[-1]
    is_known = isinstance(keys, int)
    for i in range((keys - 1).bit_length() if is_known else MAX_DOUBLINGS):
        reach = min(2**i, keys) if is_known else ops.minimum(2**i, keys)

        def earlier(values, reach=reach):
            zeros = ops.zeros_like(values[..., :reach])
            return ops.concatenate([zeros, values[..., : keys - reach]], axis=-1)

        inputs = inputs + factors * earlier(inputs)
        factors = factors * earlier(factors)
    return inputs
