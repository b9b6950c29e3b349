"""A continuous Hopfield network that stores: what cues remind of among many patterns."""

import keras
from keras import ops

from ..masks import LOWEST
from ..validation import check_above_zero, check_choice, check_not_negative, check_positive
from .pattern_store import PatternStore

CHUNK = 8192  # patterns that are compared at once


def dot(states, known, patterns):
    """ξ · k, over the coordinates that are known: all if `known` is `None`."""
    seen = states if known is None else known * states
    return ops.matmul(seen, ops.transpose(patterns))


def distance(states, known, patterns):
    """-½ Σ (ξ_i - k_i)², over the coordinates i that are known: all if `known` is `None`."""
    # About a pattern: products of coordinates far from 0 would be rounded.
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
    """ξ ← Σ_μ w_μ k_μ, w = softmax(β s(ξ, k)), until ξ moves no more.

    With s = ξ · k, E = -lse(β, K ξ) + ½ ξ · ξ + ln(K) / β + ½ max|k|² never rises; with s =
    -½ |ξ - k|², of which lengths of patterns do not matter, nor does E = -lse(β, s) +
    ln(K) / β. Patterns are compared some thousand at a time, so that weights for all of them
    never lie in memory. No gradient passes: to learn with, there is `HopfieldAttention`.

    Args:
        slots: How many patterns there is room for.
        beta: β > 0, the sharper the larger.
        similarity: s: `"distance"` or `"dot"`.
        max_updates: How often a cue is updated, at most.
        tolerance: A cue that an update moves less far than this has ended.

    Call arguments:
        cues: Shape `(batch, units)`.
        known: What is known of each cue: Booleans of the same shape, or `(1, units)`, which
            is faster, if it is the same of all; all if absent.
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
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), equations 1 to 3.
    """

    def __init__(
        self,
        slots,
        beta=16.0,
        similarity="distance",
        max_updates=3,
        tolerance=1e-4,
        **kwargs,
    ):
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

    def recall(self, cues, known=None):
        """Update until nothing moves.

        Returns:
            `{"attractors": (batch, units), "energies": (batch,), "updates": (batch,)}`: where
            the updates ended, the energy there, and how many moved the cue.
        """
        states = ops.stop_gradient(ops.cast(cues, self.patterns.dtype))
        none = ops.zeros_like(states[:, 0], "int32")

        def some_move(step, states, moves, updates):
            return ops.any(moves)

        def go_on(step, states, moves, updates):
            after = ops.where(moves[:, None], self.update(states, known=known), states)
            far = ops.norm(after - states, axis=-1) > self.tolerance
            return step + 1, after, far, updates + ops.cast(far, "int32")

        _, states, _, updates = ops.while_loop(
            some_move,
            go_on,
            (0, states, none == 0, none),
            maximum_iterations=self.max_updates,
        )
        energies = self.energy(states, known)
        return {"attractors": states, "energies": energies, "updates": updates}

    def update(self, states, step=0, known=None):
        """States after one update."""
        return self._look(states, known)[0]

    def energy(self, states, known=None):
        """E of each state, `(batch,)`."""
        states = ops.cast(states, self.patterns.dtype)
        number = ops.cast(ops.maximum(self.count(), 1), states.dtype)
        _, log_sum, longest = self._look(states, known)
        energy = (ops.log(number) - log_sum) / self.beta
        if self.similarity == "dot":
            seen = states if known is None else ops.where(known, states, 0)
            energy = energy + (ops.sum(ops.square(seen), axis=-1) + longest) / 2
        return energy

    def _look(self, states, known):
        """Σ_μ w_μ k_μ, ln Σ_μ e^{β s_μ} and max|k|², one chunk of patterns after another."""
        patterns, is_stored = ops.stop_gradient(self.patterns), self.is_stored()
        known = None if known is None else ops.cast(known, states.dtype)
        size, units = min(CHUNK, self.slots), patterns.shape[-1]

        def add(i, carried):
            largest, total, read, longest = carried
            # The last chunk begins earlier, and leaves out what the one before had.
            start = ops.minimum(i * size, self.slots - size)
            chunk = ops.slice(patterns, (start, 0), (size, units))
            counts = ops.logical_and(
                ops.slice(is_stored, (start,), (size,)), start + ops.arange(size) >= i * size
            )
            scores = self.beta * SIMILARITIES[self.similarity](states, known, chunk)
            scores = ops.where(counts, scores, LOWEST)
            new = ops.maximum(largest, ops.max(scores, axis=-1, keepdims=True))
            shares = ops.where(counts, ops.exp(scores - new), 0)
            kept = ops.exp(largest - new)
            total = kept * total + ops.sum(shares, axis=-1, keepdims=True)
            read = kept * read + ops.matmul(shares, chunk)
            squares = ops.sum(ops.square(chunk), axis=-1)
            return new, total, read, ops.maximum(longest, ops.max(squares))

        nothing = ops.zeros_like(states[:, :1])
        carried = (
            nothing + LOWEST,
            nothing,
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
