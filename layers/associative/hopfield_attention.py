"""The continuous Hopfield network is attention: stored patterns are keys, a cue is a query.

    ξ ← Σ_i w_i k_i,  w = softmax(β ξ · k),  iterated; then it reads  Σ_i w_i v_i

With one update it is attention. Here it has no projections; `hopfield_heads` has layers with
learned ones.
"""

import math
from collections.abc import Callable
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import AttentionOptions, Reader, ScoreLike, Shape, Tensor
from ..attention.attention import Attention
from ..precision import widen
from ..validation import check_above_zero, check_not_negative, check_positive


def check_beta(beta: float | None) -> None:
    if beta is not None:
        check_above_zero("beta", beta)


def add_log_beta(layer: Any, shape: Shape, dim: int) -> keras.Variable:
    """ln β of a layer with `beta`, which is 1/√dim if absent, and `learn_beta`."""
    start = math.log(layer.beta or dim**-0.5)
    return layer.add_weight(
        shape=shape,
        initializer=keras.initializers.Constant(start),
        trainable=layer.learn_beta,
        name="log_beta",
    )


def sharpened(scores: Tensor, log_beta: Tensor) -> Tensor:
    """β s, in float32 or wider: in half precision, a β of some hundred is past its range."""
    scores = widen(scores)
    return ops.exp(ops.cast(log_beta, scores.dtype)) * scores


class IteratedAttention(Attention):
    """Attention that updates its queries before they read: ξ ← Σ_i w_i k_i.

    Args:
        updates: How often a query is updated, the last time by what is read.
        tolerance: A query that an update moves less far than this is left where it is.
        scale: From scores to scores, before the selection; as of `Attention` if absent.
        **attention: As for `Attention`.
    """

    def __init__(
        self,
        updates: int,
        tolerance: float,
        scale: Callable[[Tensor], Tensor] | None = None,
        **attention: Any,
    ) -> None:
        super().__init__(**attention)
        check_positive("updates", updates)
        check_not_negative("tolerance", tolerance)
        self.updates = updates
        self.tolerance = tolerance
        self._scale = scale or super().scale

    def scale(self, scores: Tensor) -> Tensor:
        return self._scale(scores)

    def reader(
        self, value: Tensor, key: Tensor, mask: Tensor | None = None, training: bool = False
    ) -> Reader:
        prepared = self.score.prepare(key)

        def read(state):
            for _ in range(self.updates - 1):
                weights = self.weigh(state, prepared, mask, training)
                updated = ops.matmul(weights, key)
                if self.tolerance:
                    distance = ops.norm(updated - state, axis=-1, keepdims=True)
                    updated = ops.where(distance > self.tolerance, updated, state)
                state = updated  # ξ
            weights = self.weigh(state, prepared, mask, training)
            return self.read(weights, value, training), weights

        return read

    def get_config(self):
        return {
            **super().get_config(),
            "updates": self.updates,
            "tolerance": self.tolerance,
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldAttention(IteratedAttention):
    """Retrieval of stored patterns by cues: ξ ← Σ_i w_i k_i, w = softmax(β ξ · k).

    Energy E = -lse(β, k ξ) + ½ ξ · ξ + ln(K) / β + ½ max|k|² never rises. The result is read
    with the weights of the last update, from values that are the patterns if none are given.
    `HopfieldAttention(beta)(cues, patterns)` is a complete retrieval.

    Args:
        beta: β > 0, the sharper the larger; 1/√dim if absent.
        learn_beta: Whether training changes β, which stays above 0.
        updates: How often the cue is updated, the last time by what is read.
        tolerance: A cue that an update moves less far than this is left where it is.
        score: As for `Attention`; dot products make it the network of the paper.
        **attention: `selection`, `dropout` (of the weights it reads with) and `seed`, as for
            `Attention`.

    Call arguments:
        As for `Attention`: `query` are the cues, `key` the patterns, `value` what is read.

    Returns:
        As for `Attention`.

    Raises:
        ValueError: As for `Attention`, or β is not above 0, `updates` is not a positive
            integer, or the tolerance is negative.

    Cost:
        That of `Attention`, times `updates`.

    Example:

    >>> patterns = keras.ops.array([[[1.0, 1, -1, -1], [1, -1, 1, -1]]])
    >>> cues = keras.ops.array([[[0.9, 0.2, 0.1, -0.8]]])
    >>> read = HopfieldAttention(beta=16.0, updates=3)(cues, patterns)
    >>> keras.ops.round(read).numpy().tolist()
    [[[1.0, 1.0, -1.0, -1.0]]]

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), equations 3 and 10.
    """

    def __init__(
        self,
        beta: float | None = None,
        learn_beta: bool = False,
        updates: int = 1,
        tolerance: float = 0.0,
        score: ScoreLike = "dot",
        **attention: Unpack[AttentionOptions],
    ) -> None:
        super().__init__(updates, tolerance, score=score, **attention)
        check_beta(beta)
        self.beta = beta
        self.learn_beta = learn_beta

    def build(self, query_shape, value_shape, key_shape=None):
        super().build(query_shape, value_shape, key_shape)
        self.log_beta = add_log_beta(self, (), query_shape[-1])

    def scale(self, scores: Tensor) -> Tensor:
        return sharpened(scores, self.log_beta)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "learn_beta": self.learn_beta}
