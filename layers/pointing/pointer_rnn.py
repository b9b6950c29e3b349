"""A decoder that points at an item of its input at each step."""

from collections.abc import Callable
from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..attention.attention import check_has_reader
from ..layer import Layer
from ..masks import check_mask, zero_masked
from ..sublayers import build_sublayer, deserialized, refuse_direction
from ..time_loop import MemoryRNN, cell_step, check_rnn_cell
from ..validation import check_not_empty
from .pointer import PointerAttention


@keras.saving.register_keras_serializable(package="keras_memory")
class PointerRNN(Layer):
    """A recurrent layer that points at one of the vectors of a memory at each step.

    s_t = cell(x_t, s_{t-1}),  logits_t = pointer(s_t, memory), and with a glimpse
    g_t = glimpse(s_t, memory),  logits_t = pointer([s_t; g_t], memory)

    Under teacher forcing its inputs are known, as the items that the target pointed at one
    step before; so it points after the loop over time, at all steps in one product. `step`
    takes one step, to decode.

    Args:
        cell: A cell, as `keras.layers.LSTMCell(units)`.
        pointer: A `PointerAttention`, with additive scores if absent; or `IndexLogits`.
        glimpse: An `Attention` that reads the memory before the pointer points; none if
            absent.

    Call arguments:
        inputs: x, shape `(batch, steps, dim)`, padded at the end.
        memory: Shape `(batch, keys, memory_dim)`.
        memory_mask: Booleans of shape `(batch, keys)`; `True` may be pointed at.
        initial_state: s_{-1}, a list of tensors; the cell's own if absent.
        training: Whether cell and glimpse are to sample and to drop as in training.

    Returns:
        Logits of shape `(batch, steps, keys)`, float32 or wider; -1e30 where masked.

    Raises:
        ValueError: The cell is not a cell, the glimpse has no `reader`, inputs or memory have
            another rank, or the mask has another shape.

    Cost:
        n steps of the cell; all pointers at once when targets are known, m d a step
        otherwise.

    Example:

    >>> inputs, memory = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(PointerRNN(keras.layers.LSTMCell(4))(inputs, memory))
    (2, 3, 5)

    Reference:
        [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134), section 2.3; the glimpse is
        that of [Vinyals et al., 2016](https://arxiv.org/abs/1511.06391), where it takes the
        place of the state, to which it is concatenated here.
    """

    def __init__(
        self,
        cell: keras.layers.Layer,
        pointer: keras.layers.Layer | None = None,
        glimpse: keras.layers.Layer | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        check_rnn_cell(cell)
        if glimpse is not None:
            check_has_reader(glimpse)
        self.pointer = pointer or PointerAttention(dtype=self.dtype_policy)
        self.glimpse = glimpse
        self.rnn = MemoryRNN(cell, return_sequences=True, dtype=self.dtype_policy)

    @property
    def cell(self) -> keras.layers.Layer:
        return self.rnn.cell

    def build(self, inputs_shape, memory_shape):
        if len(inputs_shape) != 3 or len(memory_shape) != 3:
            raise ValueError(
                f"Expected inputs (batch, steps, dim) and memory (batch, keys, memory_dim) "
                f"for {self.name}. Received: inputs {tuple(inputs_shape)}, memory "
                f"{tuple(memory_shape)}"
            )
        build_sublayer(self, self.rnn, inputs_shape)
        batch, steps, width = self.rnn.compute_output_shape(inputs_shape)
        if self.glimpse:
            build_sublayer(self, self.glimpse, (batch, steps, width), memory_shape)
            width += memory_shape[-1]
        build_sublayer(self, self.pointer, (batch, steps, width), memory_shape)

    def call(self, inputs, memory, memory_mask=None, initial_state=None, training=False):
        check_not_empty(self.name, inputs=inputs, memory=memory)
        hidden = self.rnn(inputs, initial_state=initial_state, training=training)
        return self.reader(memory, memory_mask, training)(hidden)

    def reader(
        self, memory: Tensor, memory_mask: Tensor | None = None, training: bool = False
    ) -> Callable[[Tensor], Tensor]:
        """A function from states `(batch, steps, units)` to logits, for `step`."""
        mask = None
        if memory_mask is not None:
            check_mask("memory_mask", memory_mask, memory.shape[:-1])
            memory, mask = zero_masked(memory, memory_mask), memory_mask[:, None, :]
        point = self.pointer.reader(memory, mask)
        if not self.glimpse:
            return point
        glimpse = self.glimpse.reader(memory, memory, mask, training)
        return lambda hidden: point(ops.concatenate([hidden, glimpse(hidden)[0]], axis=-1))

    def step(
        self,
        inputs: Tensor,
        states: list[Tensor],
        reader: Callable[[Tensor], Tensor],
        training: bool = False,
    ) -> tuple[Tensor, list[Tensor]]:
        """One step: `(batch, dim)` and a list of states, to `(batch, keys)` and states."""
        hidden, states = cell_step(self.cell, inputs, states, training)
        return ops.squeeze(reader(hidden[:, None]), 1), states

    def compute_mask(self, inputs, previous_mask=None):
        """None: logits have none."""

    def compute_output_spec(
        self, inputs, memory, memory_mask=None, initial_state=None, training=False
    ):
        (batch, steps, _), keys = inputs.shape, memory.shape[1]
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        return keras.KerasTensor((batch, steps, keys), dtype)

    def get_config(self):
        parts = {"cell": self.cell, "pointer": self.pointer, "glimpse": self.glimpse}
        return {
            **super().get_config(),
            **{
                name: part and keras.saving.serialize_keras_object(part)
                for name, part in parts.items()
            },
        }

    @classmethod
    def from_config(cls, config):
        refuse_direction(config, cls.__name__)
        return cls(**deserialized(config, "cell", "pointer", "glimpse"))
