"""Looking inside a memory cell while it runs."""

from typing import Any, Unpack

import keras
from keras import ops

from .argument_types import LayerOptions
from .layer import Layer
from .sublayers import build_sublayer


@keras.saving.register_keras_serializable(package="keras_memory")
class TracedCell(Layer):
    """A cell whose output is followed by the state that it left behind, flat.

    Under an RNN with `return_sequences=True` it gives the memory and every weighting at
    every step, where `return_state=True` gives only the last.

    Args:
        cell: An RNN cell whose state is flat and has a size; its weights are shared, not
            copied. A `MemoryCell` with a state as long as the sequence has a `trace`.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: The cell's states.

    Returns:
        `(output, states)`: the output of size
        `cell.output_size + sum(cell.state_size)`, and the cell's new states.

    Raises:
        ValueError: The state of the cell has no size.

    Cost:
        A step of the cell, and a copy of its state, of which each step of a sequence has its
        own.

    Example:

    >>> cell = NTMCell(keras.layers.LSTMCell(32), memory_slots=16, memory_width=8)
    >>> traced = MemoryRNN(TracedCell(cell), return_sequences=True)
    >>> keras.ops.shape(traced(keras.ops.ones((2, 5, 9))))
    (2, 5, 272)
    """

    def __init__(self, cell: keras.layers.Layer, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        if None in keras.tree.flatten(cell.state_size):
            raise ValueError(
                "Expected a cell whose state has a size. Received: "
                f"{cell.name}, of state {cell.state_size}"
            )
        self.cell = cell

    @property
    def state_size(self) -> Any:
        return self.cell.state_size

    @property
    def output_size(self) -> int:
        return self.cell.output_size + sum(self.cell.state_size)

    def build(self, input_shape):
        build_sublayer(self, self.cell, input_shape)

    def get_initial_state(self, batch_size: int) -> Any:
        return self.cell.get_initial_state(batch_size)

    def call(self, inputs, states, training=None):
        output, states = self.cell(inputs, states, training=training)
        return ops.concatenate([output, *states], axis=-1), states

    def get_config(self):
        cell = keras.saving.serialize_keras_object(self.cell)
        return {**super().get_config(), "cell": cell}

    @classmethod
    def from_config(cls, config):
        cell = keras.saving.deserialize_keras_object(config["cell"])
        return cls(**{**config, "cell": cell})
