"""An RNN cell whose state has names and shapes: the ground of every memory machine."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from .argument_types import Tensor
from .layer import Layer
from .precision import widen
from .time_loop import over_time


@keras.saving.register_keras_serializable(package="keras_memory")
class MemoryCell(Layer):
    """Base of RNN cells whose state is a dictionary of tensors of any shape.

    output_t, state_t = step(x_t, state_{t-1})

    A subclass writes the property `state_shapes`, `step`, the attribute or property
    `output_size` and, where the state does not start from zeros, `initial_state`. This class
    packs the state flat, as RNN layers want it, one tensor `(batch, size)` for each name,
    and gives what every machine needs: `trace`, all states of a sequence, and `by_name`, the
    states of a stream.

    In `step`, inputs and states are float32 or wider, whatever the dtype policy; between
    steps, states have the compute dtype. Random numbers that a step needs belong into its
    inputs: JAX samples none inside a loop.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: A list of tensors `(batch, size)`, in the order of `state_names`.
        training: Handed on to `step`.

    Returns:
        `(output, states)`: shape `(batch, output_size)`, and the new states.

    Raises:
        ValueError: `step` returns a state of other names, or a state as long as the sequence
            is to start without its number of steps.

    Example:

    >>> class RunningSum(MemoryCell):
    ...     output_size = 2
    ...     state_shapes = {"total": (2,), "count": ()}
    ...
    ...     def step(self, inputs, state, training=None):
    ...         total, count = state["total"] + inputs, state["count"] + 1
    ...         return total / count[:, None], {"total": total, "count": count}
    >>> sequences = keras.ops.convert_to_tensor([[[2.0, 0.0], [4.0, 1.0]]])
    >>> print(keras.ops.convert_to_numpy(MemoryRNN(RunningSum())(sequences)))
    [[3.  0.5]]
    """

    if TYPE_CHECKING:  # either may be an attribute or a property
        output_size: Any
        state_shapes: Any
    else:

        @property
        def state_shapes(self):
            """The shape of each state, without the batch, by its name, in their order.

            One axis of a shape may be `None`: as long as the sequence, as the depth of a
            stack. Such a cell runs under `MemoryRNN`.
            """
            raise NotImplementedError(f"Expected state_shapes of {type(self).__name__}")

    def initial_state(self) -> dict[str, Tensor]:
        """States before the first step, by name; those left out are zeros.

        Tensors or weights without the batch, of the state's shape or one that broadcasts to
        it.
        """
        return {}

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step: the inputs `(batch, features)` and a dictionary of states, each
        `(batch, *shape)`, to the output and a dictionary of the new states."""
        raise NotImplementedError(f"Expected a step of {type(self).__name__}")

    def call(self, inputs, states, training=None):
        if keras.backend.is_float_dtype(inputs.dtype):
            inputs = widen(inputs)
        output, state = self.step(inputs, self.unpack(states), training=training)
        return ops.cast(output, self.compute_dtype), self.pack(state)

    @property
    def state_names(self) -> list[str]:
        return list(self.state_shapes)

    @property
    def state_size(self) -> list[int | None]:
        """The size of each flat state; `None` where it depends on the sequence."""
        shapes = self.state_shapes.values()
        return [None if None in shape else math.prod(shape) for shape in shapes]

    def get_initial_state(self, batch_size: int, steps: int | None = None) -> list[Tensor]:
        """The flat states before the first step.

        Args:
            batch_size: Of the sequences.
            steps: How many of them, for states that are as long as the sequence.
        """
        given = self.initial_state()
        return [
            self._first(name, shape, given.get(name, 0.0), batch_size, steps)
            for name, shape in self.state_shapes.items()
        ]

    def _first(self, name, shape, value, batch_size, steps):
        if None in shape and steps is None:
            raise ValueError(
                f"Expected steps, for state {name!r} as long as the sequence. Received: None"
            )
        shape = [steps if size is None else size for size in shape]
        row = ops.broadcast_to(ops.cast(value, self.compute_dtype), shape)
        return ops.tile(ops.reshape(row, (1, -1)), (batch_size, 1))

    def unpack(self, states: Sequence[Tensor]) -> dict[str, Tensor]:
        """The states by name, `(batch, *shape)`, float32 or wider, of the flat ones."""
        return {
            name: ops.reshape(widen(state), _with_batch(state, _known(shape, state)))
            for (name, shape), state in zip(self.state_shapes.items(), states, strict=True)
        }

    def pack(self, state: Mapping[str, Tensor]) -> list[Tensor]:
        """The flat states, in the compute dtype, of the states by name."""
        if set(state) != set(self.state_shapes):
            raise ValueError(
                f"Expected a state of {', '.join(self.state_names)} for {self.name}. "
                f"Received: {', '.join(state)}"
            )
        return [
            _flat(ops.cast(state[name], self.compute_dtype), size)
            for name, size in zip(self.state_names, self.state_size, strict=True)
        ]

    def by_name(self, states: Sequence[Tensor]) -> dict[str, Tensor]:
        """The flat states by name, as the endpoints of a stream have them."""
        return dict(zip(self.state_names, states, strict=True))

    def trace(
        self, sequences: Tensor, training: bool = False
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Run the cell over sequences and keep the state of every step.

        Args:
            sequences: Shape `(batch, steps, features)`.
            training: Handed on to `step`.

        Returns:
            The outputs, `(batch, steps, output_size)`, and the states after each step by
            name, `(batch, steps, *shape)`.
        """
        sequences = ops.convert_to_tensor(sequences)
        if not self.built:
            self.build((sequences.shape[0], sequences.shape[-1]))
        batch, steps = ops.shape(sequences)[:2]

        def step(inputs, states):
            output, states = self(inputs, states, training=training)
            return [output, *states], states

        (outputs, *states), _ = over_time(
            step, sequences, self.get_initial_state(batch, steps), layer=self
        )
        return outputs, {
            name: ops.reshape(values, (batch, steps, *_unknown(shape)))
            for (name, shape), values in zip(self.state_shapes.items(), states, strict=True)
        }

    def compute_output_shape(self, inputs_shape, states_shape=None):
        batch = inputs_shape[0]
        return (batch, self.output_size), [(batch, size) for size in self.state_size]


def _known(shape, flat):
    """The shape of a state, as long as the flat one is where that is known."""
    if None not in shape or flat.shape[-1] is None:
        return shape
    steps = flat.shape[-1] // math.prod(size for size in shape if size is not None)
    return [steps if size is None else size for size in shape]


def _flat(state, size):
    """A state, flat, of a size that may be known of this one alone."""
    if size is None and None not in state.shape[1:]:
        size = math.prod(state.shape[1:])
    return ops.reshape(state, _with_batch(state, [size]))


def _unknown(shape):
    """A shape for `ops.reshape`: -1 for what depends on the sequence."""
    return [-1 if size is None else size for size in shape]


def _with_batch(tensor, shape):
    """A shape for `ops.reshape`, of which one axis at most may be unknown."""
    batch = ops.shape(tensor)[0] if None in shape else -1
    return (batch, *_unknown(shape))
