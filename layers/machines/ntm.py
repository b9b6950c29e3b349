"""The neural Turing machine as an RNN cell."""

from typing import Any, Literal, NamedTuple, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, ScoreLike, SelectionLike, Tensor
from ..attention.scores import CosineScore
from ..precision import wide_dtype
from ..sublayers import build_sublayer, deserialized
from ..validation import check_choice, check_odd
from .addressing import HeadAddressing
from .controlled_cell import ControlledCell
from .memory import read_memory, write_memory

# M_0(i): small and constant, so that every content address starts the same (Collier & Beel).
INITIAL_MEMORY_VALUE = 1e-6

# ε of the default score. A slot shorter than this matches no key: what has leaked into slots
# that were never written would otherwise give them directions, and training its jolts.
WRITTEN_NORM = 0.1


class HeadParameters(NamedTuple):
    """The parameters of the heads: each `(..., heads, size)`, write heads first."""

    key: Any  # k_t
    strength: Any  # β_t
    gate: Any  # g_t
    shift: Any  # s_t
    sharpness: Any  # γ_t
    erase: Any  # e_t, of write heads alone
    add: Any  # a_t, of write heads alone


@keras.saving.register_keras_serializable(package="keras_memory")
class NTMCell(ControlledCell):
    """A controller with a memory matrix that it reads and writes through heads.

    One step, from x_t and the state (controller state, r_{t-1}, w_{t-1}, M_{t-1}):

        h_t    = controller([x_t, r_{t-1}])
        w_t    = addressing(h_t, M_{t-1}, w_{t-1})      every head, read and write
        M_t    = write(M_{t-1}, w^write_t, e_t, a_t)
        r_t    = read(M_t, w^read_t)
        output = [h_t, r_t]

    Each head takes from h_t a key k = tanh(·), a strength β = softplus(·), a gate
    g = σ(·), a shift s = softmax(·) and a sharpness γ = 1 + softplus(·); a write head also
    an erase vector e = σ(·) and an add vector a = tanh(·).

    The state is explicit and flat, one `(batch, size)` tensor for each of `state_names`.
    The number of slots is in no weight unless the initial memory is learned, so trained
    weights load into a cell with more slots.

    Args:
        controller: Any Keras RNN cell (`LSTMCell`, `GRUCell`, `StackedRNNCells`), or a
            layer without state (`Dense`) for a feed-forward controller.
        memory_slots: N, rows of the memory.
        memory_width: M, columns of the memory.
        num_heads: That many read heads and that many write heads.
        shift_width: How many moves location addressing chooses from; odd.
        score: What content addressing compares with; cosine similarity by default.
        selection: What makes content weights of scores, a selection layer or its name.
        initial_memory: `"constant"`, every entry 1e-6, or `"learned"`, a weight of
            shape `(memory_slots, memory_width)`.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: The state, in the order of `state_names`.

    Returns:
        `(output, states)`: `[h_t, r_t]`, shape
        `(batch, controller units + num_heads * memory_width)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, `shift_width` is even,
            `initial_memory` is neither of the two, or the controller is not one.

    Cost:
        A step of the controller, and H N W for H heads and N slots of width W; no
        term that is quadratic in the length.

    Example:

    >>> cell = NTMCell(keras.layers.LSTMCell(32), memory_slots=16, memory_width=8)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 9))))
    (2, 5, 40)

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401). As there, the controller
        state and the first reads start from learned values. Unlike there, the heads start
        at slot 0 instead of at learned weights, and the memory at 1e-6, which
        [Collier & Beel, 2018](https://arxiv.org/abs/1807.08518) found to converge fastest.
        The paper leaves open how keys and add vectors are bounded (ours by tanh, so that
        a memory of any age is finite) and which memory the read heads address (ours that
        before the write, so that one pass over it serves all heads).
    """

    def __init__(
        self,
        controller: keras.layers.Layer,
        memory_slots: int = 128,
        memory_width: int = 20,
        num_heads: int = 1,
        shift_width: int = 3,
        score: ScoreLike | None = None,
        selection: SelectionLike = "softmax",
        initial_memory: Literal["constant", "learned"] = "constant",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(controller, memory_slots, memory_width, num_heads, **kwargs)
        check_odd("shift_width", shift_width)
        check_choice("initial_memory", initial_memory, ["constant", "learned"])
        self.shift_width = shift_width
        self.initial_memory = initial_memory
        wide = wide_dtype(self.compute_dtype)
        if score is None:
            score = CosineScore(epsilon=WRITTEN_NORM, dtype=wide)
        self.addressing = HeadAddressing(score, selection, dtype=wide)
        self._connect()

    @property
    def interface_sizes(self) -> dict[str, tuple[int, int]]:
        """`(heads, size)` of all that the heads take from h_t; write heads come first."""
        every, writing = 2 * self.num_heads, self.num_heads
        return {
            "key": (every, self.memory_width),
            "strength": (every, 1),
            "gate": (every, 1),
            "shift": (every, self.shift_width),
            "sharpness": (every, 1),
            "erase": (writing, self.memory_width),
            "add": (writing, self.memory_width),
        }

    @property
    def controller_sizes(self) -> list[int]:
        """Sizes of the controller's states; none for a feed-forward controller."""
        return self._control.state_sizes

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        return {
            **self._control.state_shapes,
            "reads": (self.num_heads, self.memory_width),
            "write_weights": (self.num_heads, self.memory_slots),
            "read_weights": (self.num_heads, self.memory_slots),
            "memory": (self.memory_slots, self.memory_width),
        }

    def build(self, input_shape):
        super().build(input_shape)
        batch = input_shape[0]
        build_sublayer(
            self,
            self.addressing,
            key_shape=(batch, *self.interface_sizes["key"]),
            memory_shape=(batch, self.memory_slots, self.memory_width),
        )
        self.initial_controller_states = [
            self.add_weight(shape=(size,), initializer="zeros", name=f"initial_state_{i}")
            for i, size in enumerate(self.controller_sizes)
        ]
        self.initial_reads = self.add_weight(
            shape=(self.num_heads * self.memory_width,),
            initializer="zeros",
            name="initial_reads",
        )
        if self.initial_memory == "learned":
            self.memory_bias = self.add_weight(
                shape=(self.memory_slots, self.memory_width),
                initializer=keras.initializers.RandomNormal(stddev=0.1),
                name="memory_bias",
            )

    def initial_state(self) -> dict[str, Tensor]:
        """The state before the first step: learned, but for the heads at slot 0."""
        first_slot = ops.one_hot(0, self.memory_slots)  # w_0
        learned = self.initial_memory == "learned"
        controller = zip(
            self._control.state_shapes, self.initial_controller_states, strict=True
        )
        return {
            **dict(controller),
            "reads": ops.reshape(self.initial_reads, self.state_shapes["reads"]),
            "write_weights": first_slot,
            "read_weights": first_slot,
            "memory": self.memory_bias if learned else INITIAL_MEMORY_VALUE,
        }

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        inputs = ops.concatenate([inputs, self._flat(state["reads"])], axis=-1)
        hidden, controller = self._control.step(inputs, state, training)  # h_t
        heads = self.head_parameters(hidden)
        weights = ops.concatenate([state["write_weights"], state["read_weights"]], axis=1)
        weights = self.addressing(  # w_t
            key=heads.key,
            strength=heads.strength,
            gate=heads.gate,
            shift=heads.shift,
            sharpness=heads.sharpness,
            memory=state["memory"],
            previous_weights=weights,
        )
        write_weights, read_weights = ops.split(weights, 2, axis=1)
        memory = write_memory(state["memory"], write_weights, heads.erase, heads.add)  # M_t
        reads = read_memory(memory, read_weights)  # r_t
        return ops.concatenate([hidden, self._flat(reads)], axis=-1), {
            **controller,
            "reads": reads,
            "write_weights": write_weights,
            "read_weights": read_weights,
            "memory": memory,
        }

    def head_parameters(self, hidden: Tensor) -> HeadParameters:
        """The `HeadParameters` of h_t, of any leading axes."""
        part = self._parts(hidden)
        return HeadParameters(
            key=ops.tanh(part["key"]),
            strength=ops.softplus(part["strength"]),
            gate=ops.sigmoid(part["gate"]),
            shift=ops.softmax(part["shift"], axis=-1),
            sharpness=1 + ops.softplus(part["sharpness"]),
            erase=ops.sigmoid(part["erase"]),
            add=ops.tanh(part["add"]),
        )

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "shift_width": self.shift_width,
            "score": serialize(self.addressing.content_addressing.score),
            "selection": serialize(self.addressing.content_addressing.selection),
            "initial_memory": self.initial_memory,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "controller", "score", "selection"))
