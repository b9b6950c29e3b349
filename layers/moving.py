"""Attention that only moves forward over its keys."""

import keras
from keras import ops

from .masks import check_mask, join_masks
from .parts import build_part, score_named, with_parts
from .precision import wide_dtype, widen
from .recurrence import over_time
from .validation import check_above_zero, check_positive, check_same_batch


@keras.saving.register_keras_serializable(package="keras_memory")
class GaussianWindowAttention(keras.layers.Layer):
    """A mixture of Gaussian windows that each query moves on: Σ_u φ(t, u) v_u.

    φ(t, u) = Σ_k α_k exp(-β_k (κ_k - u)²), u = 0 ... keys - 1

    (α, β, κ̂) = exp(W q_t + b), κ_t = κ_{t-1} + κ̂_t, κ_{-1} = 0: where the windows are depends
    on the queries alone, not on what the values hold. The weights need not sum to 1.

    Args:
        num_windows: Gaussians of the mixture.
        speed: What the bias of κ̂ starts at, in keys a query.

    Call arguments:
        query: Shape `(batch, queries, dim)`.
        value: Shape `(batch, keys, value_dim)`.
        query_mask: Booleans of shape `(batch, queries)`; masked queries get zeros and do not
            move the windows.
        value_mask: Booleans of shape `(batch, keys)`; masked values get weight 0.
        position: κ before the first query, shape `(batch, num_windows)`; 0 if absent.
        return_attention_scores: Whether to return the weights, too.
        return_position: Whether to return κ after the last query, too, for a decoder that
            goes step by step.

    Returns:
        What was read, shape `(batch, queries, value_dim)`; then, as asked for, the weights,
        `(batch, queries, keys)`, and the position, `(batch, num_windows)`, in float32 or
        wider.

    Raises:
        ValueError: `num_windows` is not a positive integer, `speed` is not above 0, or the
            shapes do not fit.

    Example:

    >>> query, value = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(GaussianWindowAttention(num_windows=4)(query, value))
    (2, 3, 6)

    Reference:
        [Graves, 2013](https://arxiv.org/abs/1308.0850), equations 46 to 51. There u counts
        from 1 and the biases of κ̂ start at 0, which is a speed of 1.
    """

    def __init__(self, num_windows=10, speed=1.0, **kwargs):
        # κ grows with the length: rounded to half precision, it would stand still.
        super().__init__(autocast=False, **kwargs)
        self.supports_masking = True
        check_positive("num_windows", num_windows)
        check_above_zero("speed", speed)
        self.num_windows = num_windows
        self.speed = speed

    def build(self, query_shape, value_shape):
        check_same_batch(self.name, query_shape, value_shape, value_shape, rank=3)
        windows = self.num_windows

        def biases(shape, dtype=None):
            still, moving = ops.zeros((2 * windows,)), ops.full((windows,), self.speed)
            return ops.cast(ops.concatenate([still, ops.log(moving)]), dtype)

        self.windows = keras.layers.Dense(
            3 * windows, bias_initializer=biases, dtype=self.dtype_policy
        )
        self.windows.build(query_shape)

    def call(
        self,
        query,
        value,
        query_mask=None,
        value_mask=None,
        position=None,
        return_attention_scores=False,
        return_position=False,
    ):
        query, value = (ops.cast(x, self.compute_dtype) for x in (query, value))
        mask = join_masks(query, value, query_mask, value_mask)
        parameters = ops.exp(widen(self.windows(query)))
        alpha, beta, step = ops.split(parameters, 3, axis=-1)
        if query_mask is not None:
            step = step * ops.cast(query_mask, step.dtype)[..., None]
        kappa = ops.cumsum(step, axis=1)  # κ_t
        if position is not None:
            kappa = kappa + widen(position)[:, None]
        places = ops.arange(ops.shape(value)[1], dtype=kappa.dtype)  # u
        weights = sum(
            alpha[..., k, None]
            * ops.exp(-beta[..., k, None] * ops.square(kappa[..., k, None] - places))
            for k in range(self.num_windows)
        )
        if mask is not None:
            weights = ops.where(mask, weights, 0)
        weights = ops.cast(weights, self.compute_dtype)
        return _with(
            ops.matmul(weights, value),
            (return_attention_scores, weights),
            (return_position, kappa[:, -1]),
        )

    def compute_mask(self, query, previous_mask=None):
        return previous_mask

    def get_config(self):
        return {
            **super().get_config(),
            "num_windows": self.num_windows,
            "speed": self.speed,
        }


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
        self.score = score_named(score, self.dtype_policy)
        if noise < 0:
            raise ValueError(f"Expected noise of at least 0. Received: {noise!r}")
        self.noise = noise
        self.offset = offset
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = key_shape or value_shape
        check_same_batch(self.name, query_shape, value_shape, key_shape, rank=3)
        build_part(self.score, query_shape, key_shape)
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

    @classmethod
    def from_config(cls, config):
        return cls(**with_parts(config, "score"))


def _with(read, *others):
    """What was read, and what else was asked for: pairs of whether, and what."""
    asked = [what for whether, what in others if whether]
    return (read, *asked) if asked else read


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
