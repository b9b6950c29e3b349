"""A continuous Hopfield network of many stored patterns, by an online soft-max."""

from typing import Literal, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..masks import LOWEST
from ..validation import (
    check_above_zero,
    check_choice,
    check_not_empty,
    check_not_negative,
    check_positive,
)
from .pattern_store import PatternStore

CHUNK = 8192  # patterns of one pass of the online soft-max


def dot(states: Tensor, known: Tensor | None, patterns: Tensor) -> Tensor:
    """ξ · k, over the known coordinates: all if `known` is `None`."""
    states = states if known is None else known * states
    return ops.matmul(states, ops.transpose(patterns))


def distance(states: Tensor, known: Tensor | None, patterns: Tensor) -> Tensor:
    """-½ Σ (ξ_i - k_i)², over the known coordinates i: all if `known` is `None`."""
    # Relative to a pattern, since products of coordinates far from 0 would be rounded.
    origin = patterns[:1]
    states, patterns = states - origin, patterns - origin
    squares = ops.square(patterns)
    if known is None:
        lengths, own = ops.sum(squares, axis=-1), ops.square(states)
    else:
        lengths = ops.matmul(known, ops.transpose(squares))
        own = known * ops.square(states)
    own = ops.sum(own, axis=-1, keepdims=True)
    return dot(states, known, patterns) - (lengths + own) / 2


SIMILARITIES = {"distance": distance, "dot": dot}


@keras.saving.register_keras_serializable(package="keras_memory")
class ContinuousMemory(PatternStore):
    """A continuous Hopfield network: ξ ← Σ_μ w_μ k_μ, w = softmax(β s(ξ, k)), iterated.

    With s = ξ · k, E = -lse(β, K ξ) + ½ ξ · ξ + ln(K) / β + ½ max|k|² never rises; with s =
    -½ |ξ - k|², to which the lengths of patterns do not matter, nor does E = -lse(β, s) +
    ln(K) / β. By an online soft-max over chunks of patterns, the weights of all of them are
    never in memory at once. It passes on no gradient; `HopfieldAttention` does.

    Args:
        slots: The number of slots, one for each pattern.
        beta: β > 0, the sharper the larger.
        similarity: s: `"distance"` or `"dot"`.
        max_updates: How often a cue is updated, at most.
        tolerance: A cue that an update moves less far than this is at a fixed point.

    Call arguments:
        cues: Shape `(batch, units)`.
        known: Which coordinates of each cue are known: Booleans of the same shape, or
            `(1, units)`, which is faster, if they are the same for all; all if absent.
        training: Whether to store.

    Returns:
        Where the updates ended, `(batch, units)`.

    Raises:
        ValueError: A number is not positive, the tolerance is negative, the similarity is
            unknown, or cues have another rank.

    Cost:
        P d an update, for P stored patterns; memory for some thousand of them at
        once.

    Example:

    >>> memory = ContinuousMemory(slots=9)
    >>> _ = memory(keras.ops.array([[1.0, 2, 3, 4], [4, 3, 2, 1]]), training=True)
    >>> memory(keras.ops.array([[1.5, 2, 2.5, 4]])).numpy().round(3).tolist()
    [[1.0, 2.0, 3.0, 4.0]]

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), equations 1 to 3;
        [Milakov & Gimelshein, 2018](https://arxiv.org/abs/1805.02867), algorithm 3, the
        online soft-max.
    """

    def __init__(
        self,
        slots: int,
        beta: float = 16.0,
        similarity: Literal["distance", "dot"] = "distance",
        max_updates: int = 3,
        tolerance: float = 1e-4,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(slots, **kwargs)
        check_above_zero("beta", beta)
        check_choice("similarity", similarity, SIMILARITIES)
        check_positive("max_updates", max_updates)
        check_not_negative("tolerance", tolerance)
        self.beta = beta
        self.similarity = similarity
        self.max_updates = max_updates
        self.tolerance = tolerance

    def call(self, cues, known=None, training=False):
        if training:
            self.store(cues)
            return cues
        return self.recall(cues, known)["attractors"]

    def recall(self, cues: Tensor, known: Tensor | None = None) -> dict[str, Tensor]:
        """Update until all cues are at fixed points.

        Returns:
            `{"attractors": (batch, units), "energies": (batch,), "updates": (batch,)}`: where
            the updates ended, the energy there, and how many moved the cue.
        """
        check_not_empty(self.name, cues=cues)
        states = ops.stop_gradient(ops.cast(cues, self.patterns.dtype))
        zeros = ops.zeros_like(states[:, 0], "int32")

        def is_unfinished(step, states, is_moving, updates):
            return ops.any(is_moving)

        def update_all(step, states, is_moving, updates):
            after = ops.where(is_moving[:, None], self.update(states, known=known), states)
            is_moving = ops.norm(after - states, axis=-1) > self.tolerance
            return step + 1, after, is_moving, updates + ops.cast(is_moving, "int32")

        _, states, _, updates = ops.while_loop(
            is_unfinished,
            update_all,
            (0, states, zeros == 0, zeros),
            maximum_iterations=self.max_updates,
        )
        energies = self.energy(states, known)
        return {"attractors": states, "energies": energies, "updates": updates}

    def update(self, states: Tensor, step: int = 0, known: Tensor | None = None) -> Tensor:
        """States after one update."""
        states = ops.cast(states, self.patterns.dtype)
        return self._online_softmax(states, known)[0]

    def energy(self, states: Tensor, known: Tensor | None = None) -> Tensor:
        """E of each state, `(batch,)`."""
        states = ops.cast(states, self.patterns.dtype)
        number = ops.cast(ops.maximum(self.count(), 1), states.dtype)
        _, log_sum, longest = self._online_softmax(states, known)
        energy = (ops.log(number) - log_sum) / self.beta
        if self.similarity == "dot":
            states = states if known is None else ops.where(known, states, 0)
            energy = energy + (ops.sum(ops.square(states), axis=-1) + longest) / 2
        return energy

    def _online_softmax(self, states, known):
        """Σ_μ w_μ k_μ, ln Σ_μ e^{β s_μ} and max|k|², one chunk of patterns after another.

        The sums so far are relative to the largest score so far, and rescaled when a chunk
        has a larger one.
        """
        patterns, is_stored = ops.stop_gradient(self.patterns), self.is_stored()
        known = None if known is None else ops.cast(known, states.dtype)
        size, units = min(CHUNK, self.slots), patterns.shape[-1]

        def add(i, carried):
            largest, total, read, longest = carried
            # The last chunk begins earlier, and leaves out the patterns of the one before.
            start = ops.minimum(i * size, self.slots - size)
            chunk = ops.slice(patterns, (start, 0), (size, units))
            is_new = ops.logical_and(
                ops.slice(is_stored, (start,), (size,)), start + ops.arange(size) >= i * size
            )
            scores = self.beta * SIMILARITIES[self.similarity](states, known, chunk)
            scores = ops.where(is_new, scores, LOWEST)
            new_largest = ops.maximum(largest, ops.max(scores, axis=-1, keepdims=True))
            weights = ops.where(is_new, ops.exp(scores - new_largest), 0)
            rescale = ops.exp(largest - new_largest)
            total = rescale * total + ops.sum(weights, axis=-1, keepdims=True)
            read = rescale * read + ops.matmul(weights, chunk)
            squares = ops.sum(ops.square(chunk), axis=-1)
            return new_largest, total, read, ops.maximum(longest, ops.max(squares))

        zeros = ops.zeros_like(states[:, :1])
        carried = (
            zeros + LOWEST,
            zeros,
            ops.zeros_like(states),
            ops.zeros((), states.dtype),
        )
        if size == self.slots:
            largest, total, read, longest = add(0, carried)
        else:
            chunks = (self.count() + size - 1) // size
            largest, total, read, longest = ops.fori_loop(0, chunks, add, carried)
        total = ops.maximum(total, 1e-30)
        return read / total, (largest + ops.log(total))[:, 0], longest

    def get_config(self):
        return {
            **super().get_config(),
            "beta": self.beta,
            "similarity": self.similarity,
            "max_updates": self.max_updates,
            "tolerance": self.tolerance,
        }
