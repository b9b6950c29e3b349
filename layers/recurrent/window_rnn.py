"""A recurrent layer that reads a text through a window, which it moves forward as it goes."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..attention.attention import with_requested
from ..attention.gaussian_window import GaussianWindowAttention
from ..layer import Layer
from ..masks import check_mask, zero_masked
from ..precision import wide_dtype
from ..sublayers import build_sublayer, deserialized, refuse_direction
from ..time_loop import as_list, cell_step, check_vector_cell, over_time, units_of
from ..validation import check_not_empty


@keras.saving.register_keras_serializable(package="keras_memory")
class WindowRNN(Layer):
    """A recurrent layer with a window on a memory, which never goes back.

    s_t = cell([x_t; w_{t-1}], s_{t-1}),  (w_t, κ_t) = window(s_t, memory, κ_{t-1}),
    output [s_t; w_t]

    t from 1, w_0 = 0 and κ_0 = -1, one before the first key, which is 0. The window is moved
    by the first of the cell's states, as it is after the step.

    Args:
        cell: A cell, as `keras.layers.LSTMCell(units)`.
        window: A `GaussianWindowAttention`; one with its defaults if absent.

    Call arguments:
        inputs: x, shape `(batch, steps, dim)`, padded at the end: their mask is passed on,
            and not used.
        memory: Shape `(batch, keys, memory_dim)`.
        memory_mask: Booleans of shape `(batch, keys)`; masked keys are not read.
        return_attention_scores: Whether to return the weights of the window, too.
        return_position: Whether to return κ after each step, too.
        training: Whether the cell is to drop as in training.

    Returns:
        Shape `(batch, steps, units + memory_dim)`; then, if requested, the weights, `(batch,
        steps, keys)`, and the positions, `(batch, steps, num_windows)`, in float32 or wider.

    Raises:
        ValueError: The cell is not a cell, or the window no `GaussianWindowAttention`; inputs
            or memory have another rank; or the mask has another shape.

    Cost:
        At each step a step of the cell, and m windows and m d to read for m keys.

    Example:

    >>> inputs, memory = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(WindowRNN(keras.layers.LSTMCell(4))(inputs, memory))
    (2, 3, 10)

    Reference:
        [Graves, 2013](https://arxiv.org/abs/1308.0850), section 5.1, equations 46 to 52: the
        first of its hidden layers. Keys count from 1 there, and κ_0 = 0.
    """

    def __init__(
        self,
        cell: keras.layers.Layer,
        window: keras.layers.Layer | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        check_vector_cell(cell)
        if not isinstance(window, (GaussianWindowAttention, type(None))):
            raise ValueError(
                f"Expected a GaussianWindowAttention for window. Received: {window}"
            )
        self.cell = cell
        self.window = window or GaussianWindowAttention(dtype=self.dtype_policy)

    def build(self, inputs_shape, memory_shape):
        if len(inputs_shape) != 3 or len(memory_shape) != 3:
            raise ValueError(
                f"Expected inputs (batch, steps, dim) and memory (batch, keys, memory_dim) "
                f"for {self.name}. Received: inputs {tuple(inputs_shape)}, memory "
                f"{tuple(memory_shape)}"
            )
        batch, _, width = inputs_shape
        build_sublayer(self, self.window, (batch, 1, self.units), memory_shape)
        build_sublayer(self, self.cell, (batch, width + memory_shape[-1]))

    @property
    def units(self) -> int:
        """Width of the cell's output."""
        return units_of(self.cell)

    def call(
        self,
        inputs,
        memory,
        memory_mask=None,
        return_attention_scores=False,
        return_position=False,
        training=False,
    ):
        check_not_empty(self.name, inputs=inputs, memory=memory)
        memory, memory_mask = self._checked(memory, memory_mask)

        def step(inputs, states):
            output, states, weights = self.step(inputs, states, memory, memory_mask, training)
            return (output, weights, states[0]), states

        states = self.initial_states(memory)
        (outputs, weights, kappa), _ = over_time(step, inputs, states, layer=self)
        return with_requested(
            outputs, (return_attention_scores, weights), (return_position, kappa)
        )

    def _checked(self, memory, memory_mask):
        if memory_mask is not None:
            check_mask("memory_mask", memory_mask, memory.shape[:-1])
        return zero_masked(ops.cast(memory, self.compute_dtype), memory_mask), memory_mask

    def initial_states(self, memory: Tensor) -> list[Tensor]:
        """κ, w and the states of the cell before the first step, for `step`."""
        batch = ops.shape(memory)[0]
        kappa = -ops.ones((batch, self.window.num_windows), wide_dtype(self.compute_dtype))
        read = ops.zeros((batch, memory.shape[-1]), self.compute_dtype)
        return [kappa, read, *as_list(keras.layers.RNN(self.cell).get_initial_state(batch))]

    def step(
        self,
        inputs: Tensor,
        states: list[Tensor],
        memory: Tensor,
        memory_mask: Tensor | None = None,
        training: bool = False,
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """One step: `(batch, dim)` and a list of states, to output, states and weights."""
        kappa, read, *states = states
        inputs = ops.concatenate([inputs, read], axis=-1)
        hidden, states = cell_step(self.cell, inputs, states, training)
        read, weights, kappa = self.window.step(states[0], memory, kappa, memory_mask)
        return ops.concatenate([hidden, read], axis=-1), [kappa, read, *states], weights

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask

    def compute_output_spec(
        self,
        inputs,
        memory,
        memory_mask=None,
        return_attention_scores=False,
        return_position=False,
        training=False,
    ):
        (batch, steps, _), dtype = inputs.shape, self.compute_dtype
        windows, wide = self.window.num_windows, wide_dtype(dtype)
        output = keras.KerasTensor((batch, steps, self.units + memory.shape[-1]), dtype)
        weights = keras.KerasTensor((batch, steps, memory.shape[1]), dtype)
        kappa = keras.KerasTensor((batch, steps, windows), wide)
        return with_requested(
            output, (return_attention_scores, weights), (return_position, kappa)
        )

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "cell": serialize(self.cell),
            "window": serialize(self.window),
        }

    @classmethod
    def from_config(cls, config):
        refuse_direction(config, cls.__name__)
        return cls(**deserialized(config, "cell", "window"))
