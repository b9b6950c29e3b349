"""Gaussian window attention: location-based, forward only, for handwriting and speech."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..masks import join_masks, zero_masked
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_above_zero, check_not_empty, check_positive, check_same_batch
from .attention import with_requested

# Of α, β and κ̂: of a window that is beyond all keys, the square is finite.
LARGEST_EXPONENT = 20.0


@keras.saving.register_keras_serializable(package="keras_memory")
class GaussianWindowAttention(Layer):
    """Attention by a mixture of Gaussian windows, which each query moves forward.

    read_t = Σ_u φ(t, u) v_u

    φ(t, u) = Σ_k α_k exp(-β_k (κ_k - u)²), u = 0 ... keys - 1

    (α, β, κ̂) = exp(W q_t + b), κ_t = κ_{t-1} + κ̂_t, κ_{-1} = 0: the positions of the windows
    depend on the queries alone, not on the values. The weights need not sum to 1.

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
            runs step by step.

    Returns:
        What was read, shape `(batch, queries, value_dim)`; then, if requested, the weights,
        `(batch, queries, keys)`, and the position, `(batch, num_windows)`, in float32 or
        wider.

    Raises:
        ValueError: `num_windows` is not a positive integer, `speed` is not above 0, or the
            shapes do not fit.

    Cost:
        n m windows, and n m d to read.

    Example:

    >>> query, value = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(GaussianWindowAttention(num_windows=4)(query, value))
    (2, 3, 6)

    Reference:
        [Graves, 2013](https://arxiv.org/abs/1308.0850), equations 46 to 51. There u counts
        from 1 and the biases of κ̂ start at 0, which is a speed of 1.
    """

    def __init__(
        self, num_windows: int = 10, speed: float = 1.0, **kwargs: Unpack[LayerOptions]
    ) -> None:
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
            of_shape, speed = ops.zeros((2 * windows,)), ops.full((windows,), self.speed)
            return ops.cast(ops.concatenate([of_shape, ops.log(speed)]), dtype)

        self.windows = keras.layers.Dense(
            3 * windows, bias_initializer=biases, dtype=self.dtype_policy
        )
        build_sublayer(self, self.windows, query_shape)

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
        check_not_empty(self.name, query=query, value=value)
        query, value = (ops.cast(x, self.compute_dtype) for x in (query, value))
        mask = join_masks(query, value, query_mask, value_mask)
        query, value = zero_masked(query, query_mask), zero_masked(value, value_mask)
        alpha, beta, step = self._exponentials(query)
        if query_mask is not None:
            step = step * ops.cast(query_mask, step.dtype)[..., None]
        kappa = ops.cumsum(step, axis=1)  # κ_t
        if position is not None:
            kappa = kappa + widen(position)[:, None]
        weights = _mixture(alpha, beta, kappa, ops.shape(value)[1])
        if mask is not None:
            weights = ops.where(mask, weights, 0)
        weights = ops.cast(weights, self.compute_dtype)
        return with_requested(
            ops.matmul(weights, value),
            (return_attention_scores, weights),
            (return_position, kappa[:, -1]),
        )

    def step(
        self, query: Tensor, value: Tensor, position: Tensor, value_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The windows of one query after those before, for a loop over time.

        Args:
            query: Shape `(batch, dim)`.
            value: Shape `(batch, keys, value_dim)`; of masked keys, zeros.
            position: κ before, `(batch, num_windows)`.
            value_mask: Booleans of shape `(batch, keys)`; masked values get weight 0.

        Returns:
            What was read, `(batch, value_dim)`, its weights, `(batch, keys)`, and κ.
        """
        alpha, beta, step = self._exponentials(query)
        kappa = widen(position) + step
        weights = _mixture(alpha, beta, kappa, ops.shape(value)[1])
        if value_mask is not None:
            weights = ops.where(value_mask, weights, 0)
        weights = ops.cast(weights, self.compute_dtype)
        return ops.matmul(weights[:, None], value)[:, 0], weights, kappa

    def _exponentials(self, query):
        """α, β and κ̂ of each query, in float32 or wider."""
        exponents = ops.clip(widen(self.windows(query)), -LARGEST_EXPONENT, LARGEST_EXPONENT)
        return ops.split(ops.exp(exponents), 3, axis=-1)

    def compute_mask(self, query, previous_mask=None):
        return previous_mask

    def get_config(self):
        return {
            **super().get_config(),
            "num_windows": self.num_windows,
            "speed": self.speed,
        }


def _mixture(alpha, beta, kappa, keys):
    """φ of each key, one window after the other: there is no tensor of all of them."""
    u = ops.arange(keys, dtype=kappa.dtype)
    parts = ((x[..., k, None] for x in (alpha, beta, kappa)) for k in range(kappa.shape[-1]))
    return sum(a * ops.exp(-b * ops.square(position - u)) for a, b, position in parts)
