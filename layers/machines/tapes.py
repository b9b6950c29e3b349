"""A machine that acts: tapes whose heads are moved by sampled actions."""

from collections.abc import Sequence
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..attention.hard_selections import Sample
from ..layer import Layer
from ..precision import wide_dtype, widen
from ..sublayers import build_sublayer, deserialized
from ..time_loop import first_states, over_time
from ..validation import check_above_zero, check_natural, check_not_empty
from .controller import Controller
from .interface import interface_width, split_interface
from .tape_heads import added, cells, check_moves, largest_index, offsets_within

# Of a step, what `TapeRNN` gives by name.
OUTPUTS = (
    *("outputs", "predicts", "log_policy", "hidden", "remaining"),
    *("input_head", "memory_head"),
)


@keras.saving.register_keras_serializable(package="keras_memory")
class TapeRNN(Layer):
    """A controller that moves its heads over an input tape, an output and a memory tape.

    One step, with the heads at p (input) and q (memory), and j symbols predicted before:

        h_t = controller([tape window at p, memory window at q, actions of step t - 1])
        o_t = W_o h_t + g_1 x + g_2 m                what an output symbol is predicted from
        M(q) ← M(q) + W_m h_t + g_3 x;  M(q ± 1) ← M(q ± 1) + g_± m
        a_t ~ softmax(τ W_a h_t) for each head:      p, q and j move by their actions

    where x and m are the cells under the heads and g are gates, scalars σ(w · h_t). With
    `direct_access=False` there are no gates: o_t = W_o h_t, M(q) ← M(q) + W_m h_t. What is
    differentiable is trained by back-propagation, actions by REINFORCE, from `log_policy`.

    An episode has as many steps as the tape has cells. When as many steps as symbols remain,
    predicting is forced. The input head starts at cell 0 and stays on its tape; the memory
    tape is a ring of as many cells as there are steps, zeros at first.

    Args:
        controller: Any Keras RNN cell, as `keras.layers.LSTMCell(units)`; or a layer without
            state, as `keras.layers.Dense(units)`.
        input_moves: By how many cells the input head may move in a step.
        memory_moves: By how many the memory head may; none for a machine without memory.
        window: How many cells a head reads on either side of its own.
        direct_access: Whether what is read is also added to outputs and to memory.
        inverse_temperature: τ > 0 of the policy: the smaller, the nearer it is to uniform.
        kernel_initializer: Of the projection of h_t.
        seed: Of the sampled actions; a generator of its own advances them.

    Call arguments:
        tape: Shape `(batch, steps, width)`.
        length: How many symbols are to be predicted, shape `(batch,)`.
        noise: Added to the logits of all actions, `(batch, steps, actions)`, before the
            largest is taken; if absent, Gumbel noise in training, and none otherwise.
        training: Whether actions are sampled, the likeliest taken otherwise.

    Returns:
        A dictionary of tensors `(batch, steps, ...)`: `outputs` o_t; `predicts`, 1 where a
        symbol is predicted; `log_policy`, log π of the actions that were free; `hidden` h_t;
        `remaining`, symbols to be predicted before the step; and where the heads were,
        `input_head`, `memory_head`.

    Raises:
        ValueError: There are no input moves, a move is not an integer, or the controller is
            neither a cell nor a layer of units.

    Cost:
        n steps of the controller; with a memory, n² cells more are added to.

    Example:

    >>> tape, length = keras.ops.ones((2, 6, 4)), keras.ops.array([2, 3])
    >>> episode = TapeRNN(keras.layers.LSTMCell(8))(tape, length)
    >>> keras.ops.convert_to_numpy(keras.ops.sum(episode["predicts"], axis=1))
    array([2., 3.], dtype=float32)

    Reference:
        [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521), sections 3 and 5. That
        a write is added to its cell, and what the gates multiply, is as written above.
    """

    any_width = frozenset({"length", "noise"})

    def __init__(
        self,
        controller: keras.layers.Layer,
        input_moves: Sequence[int] = (-1, 0, 1),
        memory_moves: Sequence[int] = (),
        window: int = 1,
        direct_access: bool = True,
        inverse_temperature: float = 1.0,
        kernel_initializer: Any = "glorot_uniform",
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_moves("input_moves", input_moves, fewest=1)
        check_moves("memory_moves", memory_moves)
        check_natural("window", window)
        check_above_zero("inverse_temperature", inverse_temperature)
        self.controller = controller
        self._control = Controller(controller)
        self.input_moves = list(input_moves)
        self.memory_moves = list(memory_moves)
        self.window = window
        self.direct_access = direct_access
        self.inverse_temperature = inverse_temperature
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.policy = Sample(seed, dtype=self.dtype_policy)

    @property
    def action_sizes(self) -> dict[str, int]:
        """How many actions there are to choose from, by the name of the choice."""
        sizes = {"input": len(self.input_moves), "predict": 2}
        return sizes | ({"memory": len(self.memory_moves)} if self.memory_moves else {})

    @property
    def interface_sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of all that is projected from h_t."""
        sizes = {"output": (self.width,), "actions": (sum(self.action_sizes.values()),)}
        if self.memory_moves:
            sizes["write"] = (self.width,)
        if self.direct_access:
            sizes["input_to_output"] = (1,)  # g_1
        if self.direct_access and self.memory_moves:
            sizes |= {
                "memory_to_output": (1,),  # g_2
                "input_to_memory": (1,),  # g_3
                "memory_to_neighbours": (2,),  # g_-, g_+
            }
        return sizes

    def build(self, tape_shape, length_shape=None, noise_shape=None):
        if len(tape_shape) != 3 or tape_shape[-1] is None:
            raise ValueError(
                f"Expected a tape (batch, steps, width) for {self.name}. Received: "
                f"{tuple(tape_shape)}"
            )
        self.width = tape_shape[-1]
        tapes = 2 if self.memory_moves else 1
        inputs = tapes * (2 * self.window + 1) * self.width + sum(self.action_sizes.values())
        build_sublayer(self, self.controller, (tape_shape[0], inputs))
        self.interface = keras.layers.Dense(
            interface_width(self.interface_sizes),
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
        )
        build_sublayer(self, self.interface, (tape_shape[0], self._control.units))

    def call(self, tape, length, noise=None, training=False):
        check_not_empty(self.name, tape=tape)
        tape = widen(tape)
        length = ops.cast(length, tape.dtype)[:, None]
        noise = self._noise(tape, training) if noise is None else ops.cast(noise, tape.dtype)
        steps = ops.shape(tape)[1]
        left = ops.cast(ops.arange(steps, 0, -1), tape.dtype)  # steps, with this one
        left = left[None, :, None] + ops.zeros_like(noise[..., :1])

        def step(inputs, states):
            return self._step(tape, length, inputs, states, training)

        sequences = ops.concatenate([noise, left], axis=-1)
        values, _ = over_time(step, sequences, self._first_states(tape), layer=self)
        return {
            name: value if name in ("outputs", "hidden") else ops.squeeze(value, -1)
            for name, value in zip(OUTPUTS, values, strict=True)
        }

    def _noise(self, tape, training):
        size = sum(self.action_sizes.values())
        nothing = ops.repeat(ops.zeros_like(tape[..., :1]), size, axis=-1)
        return self.policy.gumbel(nothing) if training else nothing

    def _first_states(self, tape):
        """Of controller, the three heads, the last actions and the memory."""
        batch = ops.shape(tape)[0]
        head = ops.zeros_like(tape[:, 0, :1])
        actions = ops.repeat(head, sum(self.action_sizes.values()), axis=-1)
        memory = [ops.zeros_like(tape)] if self.memory_moves else []
        has_states = bool(self._control.state_sizes)
        control = first_states(self.controller, batch) if has_states else []
        return [*control, head, head, head, actions, *memory]

    def _step(self, tape, length, inputs, states, training):
        size = len(self._control.state_sizes)
        control, (p, q, count, actions, *memory) = states[:size], states[size:]
        noise, left = inputs[..., :-1], inputs[..., -1:]
        read = cells(tape, p, offsets_within(self.window), ring=False)
        reads = [read]
        if memory:
            reads.append(cells(memory[0], q, offsets_within(self.window), ring=True))
        flat = [ops.reshape(cell, (-1, (2 * self.window + 1) * self.width)) for cell in reads]
        hidden, control = self._hidden(
            ops.concatenate([*flat, actions], -1), control, training
        )
        part = split_interface(widen(self.interface(hidden)), self.interface_sizes)
        centres = [cell[:, self.window] for cell in reads]  # x, m
        output = self._output(part, centres)  # o_t
        memory = [self._written(part, centres, memory[0], q)] if memory else []

        remaining = length - count
        is_open = ops.cast(remaining > 0, output.dtype)
        is_free = is_open * ops.cast(left > remaining, output.dtype)
        chosen, log_policy = self._choose(part["actions"], noise)
        # Forced: the second of both actions, to predict; after the end, the first.
        forced = ops.concatenate([1 - is_open, is_open], axis=-1)
        chosen["predict"] = is_free * chosen["predict"] + (1 - is_free) * forced
        log_policy["predict"] = is_free * log_policy["predict"]
        log_policy = is_open * sum(log_policy.values())
        predicts = chosen["predict"][:, 1:]
        values = [output, predicts, log_policy, hidden, remaining, p, q]
        p, q = self._moved(chosen, p, q, ops.shape(tape)[1])
        actions = ops.concatenate(list(chosen.values()), axis=-1)
        return values, [*control, p, q, count + predicts, actions, *memory]

    def _hidden(self, inputs, control, training):
        inputs = ops.cast(inputs, self.compute_dtype)
        states = dict(zip(self._control.state_shapes, control, strict=True))
        hidden, states = self._control.step(inputs, states, training)
        return hidden, list(states.values())

    def _output(self, part, centres):
        output = part["output"]
        for gate, cell in zip(("input_to_output", "memory_to_output"), centres, strict=False):
            if gate in part:
                output = output + ops.sigmoid(part[gate]) * cell
        return output

    def _written(self, part, centres, memory, q):
        write = part["write"][:, None]
        if not self.direct_access:
            return added(memory, q, [0], write)
        x, m = (cell[:, None] for cell in centres)
        write = write + ops.sigmoid(part["input_to_memory"])[:, None] * x
        neighbours = ops.sigmoid(part["memory_to_neighbours"])[..., None] * m
        return added(memory, q, [0, -1, 1], ops.concatenate([write, neighbours], axis=1))

    def _choose(self, logits, noise):
        """The actions, one-hot, and the logarithms of their probabilities, by choice."""
        chosen, log_policy, start = {}, {}, 0
        for name, size in self.action_sizes.items():
            scores = self.inverse_temperature * logits[:, start : start + size]
            largest = largest_index(scores + noise[:, start : start + size])
            chosen[name] = sampled = ops.one_hot(largest, size, dtype=scores.dtype)
            log_policy[name] = ops.sum(
                sampled * ops.log_softmax(scores, axis=-1), axis=-1, keepdims=True
            )
            start += size
        return chosen, log_policy

    def _moved(self, chosen, p, q, steps):
        p = p + _move(chosen["input"], self.input_moves)
        p = ops.clip(p, 0, ops.cast(steps - 1, p.dtype))
        if self.memory_moves:
            q = q + _move(chosen["memory"], self.memory_moves)
        return p, q

    def compute_output_spec(self, tape, length, noise=None, training=False):
        batch, steps, _ = tape.shape
        wide = wide_dtype(self.compute_dtype)
        widths = {"outputs": (self.width,), "hidden": (self._control.units,)}
        return {
            name: keras.KerasTensor(
                (batch, steps, *widths.get(name, ())),
                self.compute_dtype if name == "hidden" else wide,
            )
            for name in OUTPUTS
        }

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "controller": keras.saving.serialize_keras_object(self.controller),
            "input_moves": list(self.input_moves),
            "memory_moves": list(self.memory_moves),
            "window": self.window,
            "direct_access": self.direct_access,
            "inverse_temperature": self.inverse_temperature,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "seed": self.policy.seed,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "controller"))


def _move(one_hot, moves):
    return ops.sum(one_hot * ops.cast(moves, one_hot.dtype), axis=-1, keepdims=True)
