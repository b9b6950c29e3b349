"""Stacks, queues and deques whose values have strengths: parts of a value come and go."""

from typing import Any, ClassVar, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..memory_cell import MemoryCell
from ..validation import check_positive
from .interface import interface_width, split_interface

TOP, BOTTOM = "top", "bottom"


class NeuralStructure(MemoryCell):
    """Base of structures of values: a subclass says at which ends it is pushed and popped.

    Values are in rows, one for each step and end; of a row not yet written the strength is 0.
    The newest row is the last, so none is counted.
    """

    pushed: ClassVar[tuple[str, ...]]
    popped: ClassVar[tuple[str, ...]]

    def __init__(
        self, width: int, room: int | None = None, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        check_positive("width", width)
        if room is not None:
            check_positive("room", room)
        self.width = width
        self.room = room

    @property
    def input_sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what a step takes, in the order in which it takes them."""
        pushed, popped = len(self.pushed), len(self.popped)
        return {
            "values": (pushed, self.width),  # v
            "push": (pushed,),  # d
            "pop": (popped,),  # u
        }

    @property
    def input_size(self) -> int:
        return interface_width(self.input_sizes)

    @property
    def output_size(self) -> int:
        return len(self.popped) * self.width

    @property
    def state_shapes(self) -> dict[str, tuple[int | None, ...]]:
        rows = self.room, len(self.pushed)
        return {"values": (*rows, self.width), "strengths": rows}  # V, s

    def build(self, input_shape):
        if input_shape[-1] != self.input_size:
            raise ValueError(
                f"Expected {self.input_size} features for {self.name}: values, then push and "
                f"pop signals. Received: {input_shape[-1]}"
            )

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        part = split_interface(inputs, self.input_sizes)
        left = self.in_order(state["strengths"])
        for i, end in enumerate(self.popped):
            left = left - taken(left, part["pop"][:, i, None], end)
        values = _next(state["values"], part["values"])  # V_t
        strengths = _next(self._in_rows(left), ops.relu(part["push"]))  # s_t
        reads = [
            self._read(values, taken(self.in_order(strengths), 1.0, end))
            for end in self.popped
        ]
        return ops.concatenate(reads, axis=-1), {"values": values, "strengths": strengths}

    def _read(self, values, weights):
        """r_t of weights over the values in order."""
        weights = ops.reshape(self._in_rows(weights), (ops.shape(values)[0], 1, -1))
        rows = ops.reshape(values, (ops.shape(values)[0], -1, self.width))
        return ops.matmul(weights, rows)[:, 0]

    def in_order(self, strengths: Tensor) -> Tensor:
        """Strengths `(..., rows, ends)` of all values, from the bottom to the top."""
        if len(self.pushed) == 1:
            return strengths[..., 0]
        top, bottom = strengths[..., 0], strengths[..., 1]
        return ops.concatenate([ops.flip(bottom, -1), top], axis=-1)

    def _in_rows(self, ordered):
        """The inverse of `in_order`."""
        if len(self.pushed) == 1:
            return ordered[..., None]
        bottom, top = ops.split(ordered, 2, axis=-1)
        return ops.stack([top, ops.flip(bottom, -1)], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "width": self.width, "room": self.room}


def taken(strengths: Tensor, amount: Tensor | float, end: str) -> Tensor:
    """How much of each value is taken if an amount is, of those nearest to an end first.

    min(s_i, max(0, amount - Σ_j s_j)), of all j between i and the end

    Both a pop and a read are this: a pop takes it away, a read weighs values by it.

    Args:
        strengths: s ≥ 0, from the bottom to the top, shape `(batch, values)`.
        amount: Of all values together, shape `(batch, 1)`, or a number.
        end: `"top"` or `"bottom"`.
    """
    if end == TOP:
        total = ops.flip(ops.cumsum(ops.flip(strengths, -1), axis=-1), -1)
    else:
        total = ops.cumsum(strengths, axis=-1)
    return ops.minimum(strengths, ops.relu(amount - (total - strengths)))


def _next(rows, newest):
    """The newest after the rows, of which the first, the oldest, goes."""
    return ops.concatenate([rows[:, 1:], newest[:, None]], axis=1)


@keras.saving.register_keras_serializable(package="keras_memory")
class NeuralStack(NeuralStructure):
    """A stack of values with strengths: pushed, popped and read at the top, by parts.

    s_t[i] = max(0, s_{t-1}[i] - max(0, u_t - Σ_{j>i} s_{t-1}[j]))  for i < t,  s_t[t] = d_t

    r_t = Σ_i min(s_t[i], max(0, 1 - Σ_{j>i} s_t[j])) V_t[i],  V_t[t] = v_t

    A step pops as much strength as u_t says, pushes v_t with strength d_t, and reads the
    topmost strength of 1. Where signals are 0 or 1, it is a stack as of any program. It has
    no weights; `StructuredMemoryCell` is one with a controller.

    Args:
        width: Numbers of a value.
        room: How many values it stores at most; the oldest goes where there are more. Each
            step takes the room of a value, be its strength 0. With `None`, it has as much as
            the sequence has steps, and runs under `MemoryRNN`.

    Call arguments:
        inputs: v_t, d_t and u_t in one, shape `(batch, width + 2)`; d and u from 0 to 1.
        states: The state: values `(room, 1, width)` and strengths `(room, 1)`, flat.

    Returns:
        `(output, states)`: r_t, shape `(batch, width)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, or the inputs have another width.

    Cost:
        A step is linear in the room, in time and in memory.

    Example:

    >>> v = keras.ops.eye(3)[None]  # three values; the first is read again after a pop
    >>> signals = keras.ops.array([[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])  # d, u
    >>> sequences = keras.ops.concatenate([v, signals], axis=-1)
    >>> rnn = MemoryRNN(NeuralStack(3), return_sequences=True)
    >>> print(keras.ops.convert_to_numpy(rnn(sequences))[0])
    [[1. 0. 0.]
     [0. 1. 0.]
     [1. 0. 0.]]

    Reference:
        [Grefenstette et al., 2015](https://arxiv.org/abs/1506.02516), section 3.1.
    """

    pushed, popped = (TOP,), (TOP,)


@keras.saving.register_keras_serializable(package="keras_memory")
class NeuralQueue(NeuralStructure):
    """A queue of values with strengths: pushed at one end, popped and read at the other.

    s_t[i] = max(0, s_{t-1}[i] - max(0, u_t - Σ_{j<i} s_{t-1}[j]))  for i < t,  s_t[t] = d_t

    r_t = Σ_i min(s_t[i], max(0, 1 - Σ_{j<i} s_t[j])) V_t[i],  V_t[t] = v_t

    A step pops as much of the oldest strength as u_t says, pushes v_t with strength d_t, and
    reads the oldest strength of 1.

    Args:
        width: Numbers of a value.
        room: As of `NeuralStack`. Of a queue, what goes is what would be read next.

    Call arguments:
        inputs: v_t, d_t and u_t in one, shape `(batch, width + 2)`; d and u from 0 to 1.
        states: The state: values `(room, 1, width)` and strengths `(room, 1)`, flat.

    Returns:
        `(output, states)`: r_t, shape `(batch, width)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, or the inputs have another width.

    Cost:
        A step is linear in the room, in time and in memory.

    Example:

    >>> v = keras.ops.eye(3)[None]  # the second is read after a pop
    >>> signals = keras.ops.array([[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    >>> sequences = keras.ops.concatenate([v, signals], axis=-1)
    >>> rnn = MemoryRNN(NeuralQueue(3), return_sequences=True)
    >>> print(keras.ops.convert_to_numpy(rnn(sequences))[0])
    [[1. 0. 0.]
     [1. 0. 0.]
     [0. 1. 0.]]

    Reference:
        [Grefenstette et al., 2015](https://arxiv.org/abs/1506.02516), section 3.2.
    """

    pushed, popped = (TOP,), (BOTTOM,)


@keras.saving.register_keras_serializable(package="keras_memory")
class NeuralDeQue(NeuralStructure):
    """A deque of values with strengths: pushed, popped and read at both of its ends.

    s'  = s_{t-1} - taken(s_{t-1}, u^top_t, top)
    s'' = s' - taken(s', u^bot_t, bottom),  s_t = [d^bot_t, s'', d^top_t]
    r^top_t = taken(s_t, 1, top) V_t,  r^bot_t = taken(s_t, 1, bottom) V_t

    with V_t = [v^bot_t, V_{t-1}, v^top_t] and taken(s, a, end)_i = min(s_i, max(0, a - b_i)),
    where b_i is the strength between i and that end. A step pops from the top, then from the
    bottom, pushes a value at each end, and reads both.

    Args:
        width: Numbers of a value.
        room: Of each end, as of `NeuralStack`; the oldest go, in the middle.

    Call arguments:
        inputs: v^top_t, v^bot_t, d^top_t, d^bot_t, u^top_t and u^bot_t in one, shape
            `(batch, 2 * width + 4)`; d and u from 0 to 1.
        states: The state: values `(room, 2, width)` and strengths `(room, 2)`, flat.

    Returns:
        `(output, states)`: r^top_t and r^bot_t, shape `(batch, 2 * width)`, and the new
        state.

    Raises:
        ValueError: A size is not a positive integer, or the inputs have another width.

    Cost:
        A step is linear in the room, in time and in memory.

    Example:

    >>> deque = NeuralDeQue(width=3, room=4)
    >>> keras.ops.shape(MemoryRNN(deque, return_sequences=True)(keras.ops.ones((2, 5, 10))))
    (2, 5, 6)

    Reference:
        [Grefenstette et al., 2015](https://arxiv.org/abs/1506.02516), section 3.3.
    """

    pushed, popped = (TOP, BOTTOM), (TOP, BOTTOM)
