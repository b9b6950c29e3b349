"""Addressing of memory slots by the heads of a neural Turing machine.

Section 3.3 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401): content addressing
finds slots by what is stored there, location addressing moves on from where the head was.

    content addressing  ->  interpolation  ->  circular shift  ->  sharpening
    key k, strength β       gate g             shift weights s     sharpness γ
"""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, ScoreLike, SelectionLike, Tensor
from ..arrays import takes_arrays
from ..attention import scores, selections
from ..layer import Layer
from ..masks import join_masks, zero_masked
from ..precision import wide_dtype, widen
from ..sublayers import build_sublayer, deserialized
from ..validation import check_odd


@takes_arrays
def interpolate_weights(
    gate: Tensor, content_weights: Tensor, previous_weights: Tensor
) -> Tensor:
    """Blend where the content points with where the head was: w^g = g w^c + (1 - g) w'.

    Args:
        gate: g in [0, 1], shape `(..., 1)`.
        content_weights: w^c, shape `(..., slots)`.
        previous_weights: w' of the step before, shape `(..., slots)`.

    Returns:
        Weights of shape `(..., slots)`; equation 7 of the paper.

    Example:

    >>> content, previous = keras.ops.array([0.0, 1.0]), keras.ops.array([1.0, 0.0])
    >>> print(keras.ops.convert_to_numpy(interpolate_weights(0.25, content, previous)))
    [0.75 0.25]
    """
    return gate * content_weights + (1 - gate) * previous_weights


@takes_arrays
def circular_shift(weights: Tensor, shift: Tensor) -> Tensor:
    """Rotate the weights over the slots: w~(i) = Σ_j w(j) s(i - j), indices modulo slots.

    Args:
        weights: w^g, shape `(..., slots)`.
        shift: s, a distribution over the moves -reach ... +reach, shape
            `(..., 2 reach + 1)`; its last entry moves the focus `reach` slots up.

    Returns:
        Weights of shape `(..., slots)`; equation 8 of the paper.

    Example:

    >>> weights, up = keras.ops.array([0.0, 1, 0, 0]), keras.ops.array([0.0, 0, 1])
    >>> print(keras.ops.convert_to_numpy(circular_shift(weights, up)))
    [0. 0. 1. 0.]
    """
    width = shift.shape[-1]
    check_odd("the shift width", width)
    reach = width // 2
    return sum(
        shift[..., reach + move, None] * ops.roll(weights, move, axis=-1)
        for move in range(-reach, reach + 1)
    )


@takes_arrays
def sharpen_weights(weights: Tensor, sharpness: Tensor) -> Tensor:
    """Undo the blur of the shift: w(i) = w~(i)^γ / Σ_j w~(j)^γ.

    Computed as the soft-max of γ log w~, which neither underflows in the sum nor makes
    NaN of a weight that rounding left at or under zero.

    Args:
        weights: w~ ≥ 0, shape `(..., slots)`.
        sharpness: γ ≥ 1, shape `(..., 1)`.

    Returns:
        Weights of shape `(..., slots)` that sum to 1; equation 9 of the paper.

    Example:

    >>> weights, sharpness = keras.ops.array([[0.75, 0.25]]), keras.ops.array([[2.0]])
    >>> print(keras.ops.convert_to_numpy(sharpen_weights(weights, sharpness)).round(4))
    [[0.9 0.1]]
    """
    smallest = 1e-30
    return ops.softmax(sharpness * ops.log(ops.maximum(weights, smallest)), axis=-1)


@keras.saving.register_keras_serializable(package="keras_memory")
class ContentAddressing(Layer):
    """Weights over memory slots by how well each matches a key.

    w^c(i) = exp(β s(k, M(i))) / Σ_j exp(β s(k, M(j)))

    Slots that `memory_mask` marks as padding get weight exactly 0; a row without any slot
    to attend to is all zeros. Weights are computed in float32 or wider.

    Args:
        score: s, a score layer or its name; cosine similarity by default.
        selection: What turns β s into weights, a selection layer or its name; the soft-max
            above by default.

    Call arguments:
        key: k, shape `(batch..., heads, memory_width)`.
        memory: M, shape `(batch..., slots, memory_width)`.
        strength: β ≥ 0, shape `(batch..., heads, 1)`; 1 if absent.
        memory_mask: Booleans of shape `(batch..., slots)`; `True` may be attended to.

    Returns:
        w^c, shape `(batch..., heads, slots)`, each row summing to 1.

    Cost:
        H N W for H heads and N slots of width W.

    Example:

    >>> key, memory = keras.ops.ones((1, 1, 4)), keras.ops.eye(4)[None]
    >>> keras.ops.shape(ContentAddressing()(key, memory))
    (1, 1, 4)

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401), equation 5.
    """

    def __init__(
        self,
        score: ScoreLike = "cosine",
        selection: SelectionLike = "softmax",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.score = scores.get(score, self.dtype_policy)
        self.selection = selections.get(selection, self.dtype_policy)

    def build(self, key_shape, memory_shape, strength_shape=None):
        build_sublayer(self, self.score, key_shape, memory_shape)
        build_sublayer(self, self.selection, (*key_shape[:-1], memory_shape[-2]))

    def call(self, key, memory, strength=None, memory_mask=None, training=False):
        mask = join_masks(key, memory, key_mask=memory_mask)
        scores = widen(self.score(key, zero_masked(memory, memory_mask)))
        if strength is not None:
            scores = widen(strength) * scores
        weights = self.selection(scores, mask=mask, training=training)
        return ops.cast(weights, self.compute_dtype)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "score": serialize(self.score),
            "selection": serialize(self.selection),
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "score", "selection"))


@keras.saving.register_keras_serializable(package="keras_memory")
class HeadAddressing(Layer):
    """From the head parameters and the last weights of the heads to their next weights.

    For any number of heads in parallel: content addressing, interpolation, circular
    shift, sharpening. Runs in float32 or wider, whatever the dtype policy.

    Args:
        score: What content addressing compares with, a score layer or its name; cosine
            similarity by default.
        selection: What makes content weights of scores, a selection layer or its name.

    Call arguments:
        key: k, shape `(batch..., heads, memory_width)`.
        strength: β ≥ 0, shape `(batch..., heads, 1)`.
        gate: g in [0, 1], shape `(batch..., heads, 1)`.
        shift: s, rows that sum to 1, shape `(batch..., heads, shift_width)`, of odd width.
        sharpness: γ ≥ 1, shape `(batch..., heads, 1)`.
        memory: M, shape `(batch..., slots, memory_width)`.
        previous_weights: w_{t-1}, shape `(batch..., heads, slots)`.

    Returns:
        w_t, shape `(batch..., heads, slots)`, each row summing to 1.

    Cost:
        H N W to match for H heads and N slots of width W, and H N S for S moves.

    Example:

    A head at slot 1, whose gate passes no content, moves to the next slot:

    >>> key, memory = keras.ops.zeros((1, 1, 4)), keras.ops.eye(4)[None]
    >>> zero, one = keras.ops.zeros((1, 1, 1)), keras.ops.ones((1, 1, 1))
    >>> up, at_1 = keras.ops.one_hot([[2]], 3), keras.ops.one_hot([[1]], 4)
    >>> weights = HeadAddressing()(key, zero, zero, up, one, memory, at_1)
    >>> print(keras.ops.convert_to_numpy(weights).round(4))
    [[[0. 0. 1. 0.]]]

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401), section 3.3 and figure 2.
    """

    def __init__(
        self,
        score: ScoreLike = "cosine",
        selection: SelectionLike = "softmax",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        wide = wide_dtype(self.compute_dtype)
        self.content_addressing = ContentAddressing(score, selection, dtype=wide)

    def build(self, key_shape, memory_shape, **other_shapes):
        build_sublayer(self, self.content_addressing, key_shape, memory_shape)

    def call(self, key, strength, gate, shift, sharpness, memory, previous_weights):
        content_weights = self.content_addressing(key, memory, strength)  # w^c_t
        weights = interpolate_weights(  # w^g_t
            widen(gate), content_weights, widen(previous_weights)
        )
        weights = circular_shift(weights, widen(shift))  # w~_t
        weights = sharpen_weights(weights, widen(sharpness))  # w_t
        return ops.cast(weights, self.compute_dtype)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "score": serialize(self.content_addressing.score),
            "selection": serialize(self.content_addressing.selection),
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "score", "selection"))
