"""A dense associative memory: more patterns than units, by a steep interaction function."""

from typing import Literal, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..validation import check_above_zero, check_choice, check_positive
from .binary_updates import UPDATES, settled, sign
from .interactions import check_interaction, differences, energy
from .pattern_store import PatternStore


@keras.saving.register_keras_serializable(package="keras_memory")
class DenseAssociativeMemory(PatternStore):
    """A dense associative memory (modern Hopfield network) with an interaction function F.

    s_i ← sign(Σ_μ F(ξ_i + Σ_{j≠i} ξ_j s_j) - F(-ξ_i + Σ_{j≠i} ξ_j s_j)), ξ = ξ^μ

    E = -Σ_μ F(ξ^μ · s) never rises under asynchronous updates. F(m) = m² makes it a Hopfield
    network. A unit whose field is 0 stays as it is; in a cue, 0 is an unknown unit. It passes
    on no gradient.

    Args:
        slots: The number of slots, one for each pattern.
        interaction: n of F(m) = (m / units)^n, or `"exponential"` for F(m) = e^{β m}.
        beta: β > 0, of the latter alone: the larger, the more the nearest pattern outweighs
            the others.
        updates: `"synchronous"`, all units at once, or `"asynchronous"`, one after the other
            from the first to the last.
        max_updates: Synchronous updates, or sweeps, at most.

    Call arguments:
        cues: ±1, or 0, shape `(batch, units)`.
        training: Whether to store.

    Returns:
        Where the updates ended, `(batch, units)`.

    Raises:
        ValueError: A number is not a positive integer, a name is unknown, or cues have
            another rank.

    Cost:
        P N an update of all N units, for P stored patterns.

    Example:

    >>> memory = DenseAssociativeMemory(slots=9)
    >>> patterns = keras.ops.array([[1.0, 1, 1, -1, -1, -1], [1.0, -1, 1, -1, 1, -1]])
    >>> _ = memory(patterns, training=True)
    >>> memory(keras.ops.array([[1.0, 1, 0, -1, 0, 0]])).numpy().astype(int).tolist()
    [[1, 1, 1, -1, -1, -1]]

    Reference:
        [Krotov & Hopfield, 2016](https://arxiv.org/abs/1606.01164), equation 3;
        [Demircigil et al., 2017](https://arxiv.org/abs/1702.01929), the exponential.
    """

    def __init__(
        self,
        slots: int,
        interaction: int | Literal["exponential"] = "exponential",
        beta: float = 1.0,
        updates: Literal["asynchronous", "synchronous"] = "synchronous",
        max_updates: int = 10,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(slots, **kwargs)
        check_interaction(interaction)
        check_above_zero("beta", beta)
        check_choice("updates", updates, UPDATES)
        check_positive("max_updates", max_updates)
        self.interaction = interaction
        self.beta = beta
        self.updates = updates
        self.max_updates = max_updates

    def recall(self, cues: Tensor) -> dict[str, Tensor]:
        """Update until a fixed point or a cycle.

        Returns:
            `{"attractors": (batch, units), "energies": (batch,), "updates": (batch,),
            "period": (batch,)}`, as `HopfieldMemory.recall`.
        """
        states = ops.stop_gradient(ops.cast(cues, self.patterns.dtype))
        states, updates, period = settled(self.update, states, self.max_updates)
        return {
            "attractors": states,
            "energies": self.energy(states),
            "updates": updates,
            "period": period,
        }

    def update(self, states: Tensor, step: int = 0) -> Tensor:
        """States after one synchronous update, or one sweep."""
        patterns = ops.convert_to_tensor(self.patterns)
        states = ops.cast(states, patterns.dtype)
        overlaps = ops.matmul(states, ops.transpose(patterns))  # m
        if self.updates == "synchronous":
            return sign(self._field(overlaps, states, patterns), states)

        def turn(i, carried):
            overlaps, states = carried
            unit = patterns[:, i][:, None]
            before = ops.slice(states, (0, i), (ops.shape(states)[0], 1))
            after = sign(self._field(overlaps, before, unit), before)
            overlaps = overlaps + (after - before) * ops.transpose(unit)
            return overlaps, ops.slice_update(states, (0, i), after)

        units = patterns.shape[-1]
        return ops.fori_loop(0, units, turn, (overlaps, states))[1]

    def _field(self, overlaps, states, patterns):
        """The field of units, `(batch, n)`, of states `(batch, n)` and patterns `(slots, n)`.

        With a = F(m) - F(m - 2), of a unit that agrees with a pattern, and b = F(m + 2) -
        F(m), of one that differs: Σ_μ ξ (a + b) / 2 + s Σ_μ (a - b) / 2.
        """
        units = self.patterns.shape[-1]
        is_stored = self.is_stored()
        agree, differ = differences(self.interaction, overlaps, units, is_stored, self.beta)
        stored = ops.cast(is_stored, overlaps.dtype)
        mean, rest = stored * (agree + differ) / 2, stored * (agree - differ) / 2
        largest = ops.max(ops.abs(mean), axis=-1, keepdims=True)
        field = ops.matmul(mean, patterns) + states * ops.sum(rest, axis=-1, keepdims=True)
        return field / ops.maximum(largest, 1e-30)

    def energy(self, states: Tensor) -> Tensor:
        """-Σ_μ F(ξ^μ · s) of each state, `(batch,)`; -ln Σ_μ e^{β ξ^μ · s} if exponential."""
        states = ops.cast(states, self.patterns.dtype)
        overlaps = ops.matmul(states, ops.transpose(ops.convert_to_tensor(self.patterns)))
        return energy(
            self.interaction, overlaps, self.patterns.shape[-1], self.is_stored(), self.beta
        )

    def get_config(self):
        return {
            **super().get_config(),
            "interaction": self.interaction,
            "beta": self.beta,
            "updates": self.updates,
            "max_updates": self.max_updates,
        }
