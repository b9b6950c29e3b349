"""A recurrent unit that takes each item in as far as a gate from outside is open."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..memory_cell import MemoryCell
from ..precision import bounded, widen
from ..validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class AttentionGRUCell(MemoryCell):
    """A gated recurrent unit whose update is weighted by attention.

    One step, from a fact c_t and its weight g_t, which are the inputs, one after the other:

        r_t = σ(W_r c_t + U_r h_{t-1} + b_r)
        h̃_t = tanh(W c_t + r_t ∘ U h_{t-1} + b)
        h_t = g_t h̃_t + (1 - g_t) h_{t-1}

    With an `update_gate`, g_t is multiplied by that of a GRU, σ(W_z c_t + U_z h_{t-1} + b_z):
    then h_t is what a GRU makes of c_t as far as g_t says, else h_{t-1}. A fact of weight 0
    leaves the state as it is.

    Args:
        units: Width of h.
        update_gate: Whether the unit has an update gate of its own.

    Call arguments:
        inputs: c_t, and after its entries g_t, clipped to [0, 1], shape `(batch, dim + 1)`.
        states: The state, in the order of `state_names`.

    Returns:
        `(output, states)`: h_t, shape `(batch, units)`, and the new state.

    Raises:
        ValueError: `units` is not a positive integer, or there is no fact beside the weight.

    Cost:
        That of a GRU, a third less without an update gate.

    Example:

    >>> facts, weights = keras.ops.ones((2, 5, 8)), keras.ops.full((2, 5, 1), 0.2)
    >>> episode = MemoryRNN(AttentionGRUCell(16))
    >>> keras.ops.shape(episode(keras.ops.concatenate([facts, weights], axis=-1)))
    (2, 16)

    Reference:
        [Xiong et al., 2016](https://arxiv.org/abs/1603.01417), section 3.3; with an update
        gate, [Kumar et al., 2015](https://arxiv.org/abs/1506.07285), section 2.3.
    """

    def __init__(
        self, units: int, update_gate: bool = False, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        check_positive("units", units)
        self.units = units
        self.update_gate = update_gate

    @property
    def output_size(self) -> int:
        return self.units

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"hidden": (self.units,)}  # h

    def build(self, input_shape):
        dim = input_shape[-1] - 1
        if dim < 1:
            raise ValueError(
                f"Expected a fact and its weight for {self.name}. Received: "
                f"{tuple(input_shape)}"
            )
        width = (3 if self.update_gate else 2) * self.units  # candidate, reset, update
        self.kernel = self.add_weight(shape=(dim, width), name="kernel")  # W
        self.recurrent_kernel = self.add_weight(  # U
            shape=(self.units, width), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="bias")

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        inputs = bounded(inputs)
        hidden, weight = state["hidden"], ops.clip(inputs[:, -1:], 0, 1)  # g_t
        of_fact = ops.matmul(inputs[:, :-1], widen(self.kernel)) + widen(self.bias)
        of_state = ops.matmul(hidden, widen(self.recurrent_kernel))
        n = self.units
        reset = ops.sigmoid(of_fact[:, n : 2 * n] + of_state[:, n : 2 * n])  # r_t
        candidate = ops.tanh(of_fact[:, :n] + reset * of_state[:, :n])  # h̃_t
        if self.update_gate:
            weight = weight * ops.sigmoid(of_fact[:, 2 * n :] + of_state[:, 2 * n :])
        hidden = weight * candidate + (1 - weight) * hidden
        return hidden, {"hidden": hidden}

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "update_gate": self.update_gate,
        }
