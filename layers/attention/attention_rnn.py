"""A decoder that attends to the output of an encoder before each of its steps."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Reader, Tensor
from ..layer import Layer
from ..masks import check_mask, zero_masked
from ..sublayers import build_sublayer, deserialized, refuse_direction
from ..time_loop import cell_step, check_vector_cell, first_states, over_time, units_of
from ..validation import check_not_empty
from .attention import Attention, check_has_reader


@keras.saving.register_keras_serializable(package="keras_memory")
class AttentionRNN(Layer):
    """A recurrent layer that attends to a memory before each step.

    c_t = attention(s_{t-1}, memory),  s_t = cell([x_t; c_t], s_{t-1}),  output [s_t; c_t]

    The query is the first of the cell's states.

    Args:
        cell: A cell, as `keras.layers.GRUCell(units)`.
        attention: An `Attention` or a `MultiHeadAttention`; an `Attention` with additive
            scores and soft-max if absent.

    Call arguments:
        inputs: x, shape `(batch, steps, dim)`, padded at the end: their mask is passed on,
            and not used.
        memory: Shape `(batch, keys, memory_dim)`.
        memory_mask: Booleans of shape `(batch, keys)`; masked keys are not read.
        initial_state: s_{-1}, a tensor or a list of them; the cell's own if absent.
        return_attention_scores: Whether to return the weights, too.
        training: Whether attention and cell are to sample and to drop as in training.

    Returns:
        Shape `(batch, steps, units + read_dim)`, where what an `Attention` reads is
        `memory_dim` wide; with `return_attention_scores=True` also the weights, `(batch,
        steps, keys)`, and of several heads `(batch, steps, heads, keys)`.

    Raises:
        ValueError: The cell is not a cell; the attention has no `reader`; inputs or memory
            have another rank; the mask has another shape; or on JAX, the attention is to
            sample or to drop in training, which its loop over time cannot.

    Cost:
        At each step a step of the cell and m d for m keys; keys are prepared once.

    Example:

    >>> inputs, memory = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(AttentionRNN(keras.layers.GRUCell(4))(inputs, memory))
    (2, 3, 10)

    Reference:
        [Bahdanau et al., 2014](https://arxiv.org/abs/1409.0473), section 3.1 and equations 4
        to 6, with other cells, scores and selections, too.
    """

    def __init__(
        self,
        cell: keras.layers.Layer,
        attention: keras.layers.Layer | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        check_vector_cell(cell)
        if attention is not None:
            check_has_reader(attention)
        self.cell = cell
        self.attention = attention or Attention("additive", dtype=self.dtype_policy)

    def build(self, inputs_shape, memory_shape):
        if len(inputs_shape) != 3 or len(memory_shape) != 3:
            raise ValueError(
                f"Expected inputs (batch, steps, dim) and memory (batch, keys, memory_dim) "
                f"for {self.name}. Received: inputs {tuple(inputs_shape)}, memory "
                f"{tuple(memory_shape)}"
            )
        batch, _, width = inputs_shape
        build_sublayer(self, self.attention, (batch, 1, self.units), memory_shape)
        read, _ = self._read_and_weights(memory_shape)
        build_sublayer(self, self.cell, (batch, width + read.shape[-1]))

    def _read_and_weights(self, memory_shape):
        """What one step reads, as symbols."""
        query = keras.KerasTensor((memory_shape[0], 1, self.units), self.compute_dtype)
        memory = keras.KerasTensor(memory_shape, self.compute_dtype)
        return self.attention.compute_output_spec(query, memory, return_attention_scores=True)

    @property
    def units(self) -> int:
        """Width of the query, and of s in the output."""
        return units_of(self.cell)

    def call(
        self,
        inputs,
        memory,
        memory_mask=None,
        initial_state=None,
        return_attention_scores=False,
        training=False,
    ):
        if memory_mask is not None:
            check_mask("memory_mask", memory_mask, memory.shape[:-1])
        check_not_empty(self.name, inputs=inputs, memory=memory)
        selection, dropout = self.attention.selection, self.attention.dropout
        is_random = dropout or hasattr(selection, "seed_generator")
        if training and is_random and keras.backend.backend() == "jax":
            raise ValueError(
                "Expected an attention that neither samples nor drops, to train on JAX. "
                f"Received: {selection}, dropout={dropout}"
            )
        states = first_states(self.cell, ops.shape(inputs)[0], initial_state)
        read = self.reader(memory, memory_mask, training)

        def step(inputs, states):
            output, states, weights = self.step(inputs, states, read, training)
            return (output, weights), states

        (outputs, weights), _ = over_time(step, inputs, states, layer=self)
        return (outputs, weights) if return_attention_scores else outputs

    def reader(
        self, memory: Tensor, memory_mask: Tensor | None = None, training: bool = False
    ) -> Reader:
        """What `step` reads the memory with: `attention.reader`."""
        memory = zero_masked(memory, memory_mask)
        mask = None if memory_mask is None else memory_mask[:, None, :]
        return self.attention.reader(memory, memory, mask, training)

    def step(
        self, inputs: Tensor, states: list[Tensor], reader: Reader, training: bool = False
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """One step: `(batch, dim)` and a list of states, to output, states and weights."""
        read, weights = reader(ops.expand_dims(states[0], 1))
        read, weights = ops.squeeze(read, 1), ops.squeeze(weights, -2)
        inputs = ops.concatenate([inputs, read], axis=-1)
        hidden, states = cell_step(self.cell, inputs, states, training)
        return ops.concatenate([hidden, read], axis=-1), states, weights

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask

    def compute_output_spec(
        self,
        inputs,
        memory,
        memory_mask=None,
        initial_state=None,
        return_attention_scores=False,
        training=False,
    ):
        (batch, steps, _), dtype = inputs.shape, self.compute_dtype
        read, weights = self._read_and_weights(memory.shape)
        _, *heads, _, keys = weights.shape
        weights = keras.KerasTensor((batch, steps, *heads, keys), dtype)
        output = keras.KerasTensor((batch, steps, self.units + read.shape[-1]), dtype)
        return (output, weights) if return_attention_scores else output

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "cell": serialize(self.cell),
            "attention": serialize(self.attention),
        }

    @classmethod
    def from_config(cls, config):
        refuse_direction(config, cls.__name__)
        return cls(**deserialized(config, "cell", "attention"))
