"""A Hopfield network: patterns of ±1 are stored in couplings, and are fixed points."""

from typing import Literal, Unpack

import keras
import numpy as np
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..precision import wide_dtype
from ..validation import check_choice, check_positive
from .binary_updates import UPDATES, asynchronous, settled, synchronous
from .storage_rules import STORAGE_RULES

ORDERS = "random", "fixed"


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldMemory(Layer):
    """Retrieval by a Hopfield network: s_i ← sign(Σ_{j ≠ i} w_ij s_j + b_i - θ_i), iterated.

    E = -½ Σ_{i ≠ j} w_ij s_i s_j + Σ_i (θ_i - b_i) s_i  never rises under asynchronous
    updates, which therefore end at a fixed point. Synchronous ones end there, or in a cycle
    of two states. A unit whose field is 0 stays as it is; in a cue, 0 is an unknown unit.

    Called in training, it stores its inputs and returns them; else it recalls. It passes on
    no gradient.

    Args:
        rule: The storage rule: `"hebb"`, `"storkey"` or `"pseudo_inverse"`.
        updates: `"asynchronous"`, one unit after the other, or `"synchronous"`, all at once.
        order: Of asynchronous updates: `"random"`, a new one in each sweep, or `"fixed"`,
            from the first unit to the last.
        max_updates: Sweeps, or synchronous updates, at most.
        seed: Of the random orders, which are those of every call.

    Call arguments:
        cues: ±1, or 0, shape `(batch, units)`.
        external: b, of the same shape or one that broadcasts to it; 0 if absent.
        training: Whether to store.

    Returns:
        Where the updates ended, `(batch, units)`.

    Raises:
        ValueError: A name is unknown, `max_updates` is not a positive integer, or inputs
            have another rank.

    Cost:
        N² an update of all N units, however many patterns are stored; N² to store a pattern.

    Example:

    >>> memory = HopfieldMemory()
    >>> patterns = keras.ops.array([[1.0, 1, 1, 1, -1, -1, -1, -1]])
    >>> cue = keras.ops.array([[1.0, 1, 1, 0, 0, 0, 0, 0]])
    >>> _ = memory(patterns, training=True)
    >>> memory(cue).numpy().astype(int).tolist()
    [[1, 1, 1, 1, -1, -1, -1, -1]]

    Reference:
        [Hopfield, 1982](https://doi.org/10.1073/pnas.79.8.2554).
    """

    def __init__(
        self,
        rule: Literal["hebb", "storkey", "pseudo_inverse"] = "hebb",
        updates: Literal["asynchronous", "synchronous"] = "asynchronous",
        order: Literal["random", "fixed"] = "random",
        max_updates: int = 100,
        seed: int = 0,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        # Couplings and states need their width, whatever the policy.
        super().__init__(autocast=False, **kwargs)
        check_choice("rule", rule, STORAGE_RULES)
        check_choice("updates", updates, UPDATES)
        check_choice("order", order, ORDERS)
        check_positive("max_updates", max_updates)
        self.rule = rule
        self.updates = updates
        self.order = order
        self.max_updates = max_updates
        self.seed = seed

    def build(self, cues_shape, external_shape=None):
        if len(cues_shape) != 2:
            raise ValueError(
                f"Expected cues (batch, units) for {self.name}. Received: {tuple(cues_shape)}"
            )
        units = cues_shape[-1]
        self.couplings = self.add_weight(  # W
            shape=(units, units),
            initializer="zeros",
            dtype=wide_dtype(self.variable_dtype),
            autocast=False,
            trainable=False,
            name="couplings",
        )
        self.thresholds = self.add_weight(  # θ
            shape=(units,),
            initializer="zeros",
            dtype=wide_dtype(self.variable_dtype),
            autocast=False,
            trainable=False,
            name="thresholds",
        )
        self.stored = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="stored"
        )

    def call(self, cues, external=None, training=False):
        if training:
            self.store(cues)
            return cues
        return self.recall(cues, external)["attractors"]

    def store(self, patterns: Tensor) -> None:
        """Store patterns of ±1, `(patterns, units)`, in addition to those stored before."""
        patterns = ops.cast(patterns, self.couplings.dtype)
        couplings = ops.convert_to_tensor(self.couplings)
        self.couplings.assign(STORAGE_RULES[self.rule](couplings, patterns))
        self.stored.assign_add(ops.shape(patterns)[0])

    def recall(self, cues: Tensor, external: Tensor | None = None) -> dict[str, Tensor]:
        """Update until a fixed point or a cycle.

        Returns:
            `{"attractors": (batch, units), "energies": (batch,), "updates": (batch,),
            "period": (batch,)}`: where the updates ended, the energy there, how many changed
            something, and 1 for a fixed point, 2 for a cycle of two states, 0 where
            `max_updates` came first.
        """
        states = ops.stop_gradient(ops.cast(cues, self.couplings.dtype))
        couplings = self._couplings_between()
        bias = ops.broadcast_to(self._bias(external), ops.shape(states))
        states, updates, period = settled(
            lambda states, step, bias: self._updated(states, couplings, bias, step),
            states,
            self.max_updates,
            bias,
        )
        return {
            "attractors": states,
            "energies": self.energy(states, external),
            "updates": updates,
            "period": period,
        }

    def update(self, states: Tensor, step: int = 0, external: Tensor | None = None) -> Tensor:
        """States after one sweep, or one synchronous update: the `step`-th of a recall."""
        states = ops.cast(states, self.couplings.dtype)
        return self._updated(states, self._couplings_between(), self._bias(external), step)

    def energy(self, states: Tensor, external: Tensor | None = None) -> Tensor:
        """E of each state, `(batch,)`."""
        states = ops.cast(states, self.couplings.dtype)
        fields = 0.5 * ops.matmul(states, self._couplings_between()) + self._bias(external)
        return -ops.sum(states * fields, axis=-1)

    def _updated(self, states, couplings, bias, step):
        if self.updates == "synchronous":
            return synchronous(states, couplings, bias)
        order = ops.arange(couplings.shape[0])
        if self.order == "random":
            # Of NumPy, so that they are the same on every backend.
            orders = np.tile(
                np.arange(couplings.shape[0], dtype="int32"), (self.max_updates, 1)
            )
            orders = np.random.default_rng(self.seed).permuted(orders, axis=1)
            order = ops.convert_to_tensor(orders)[step]
        return asynchronous(states, couplings, bias, order)

    def _couplings_between(self):
        """The couplings, with zeros on the diagonal."""
        couplings = ops.convert_to_tensor(self.couplings)
        return couplings * (1 - ops.eye(couplings.shape[0], dtype=couplings.dtype))

    def _bias(self, external):
        """b - θ, `(1 or batch, units)`."""
        bias = -ops.convert_to_tensor(self.thresholds)
        if external is not None:
            bias = bias + ops.cast(external, bias.dtype)
        return ops.reshape(bias, (-1, ops.shape(bias)[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "rule": self.rule,
            "updates": self.updates,
            "order": self.order,
            "max_updates": self.max_updates,
            "seed": self.seed,
        }
