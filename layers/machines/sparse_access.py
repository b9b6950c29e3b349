"""Sparse access memory as an RNN cell: it reads and writes some slots at a time."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..attention.scores import CosineScore
from ..masks import top_indices
from ..memory_rows import add_rows, recall, store
from ..precision import wide_dtype
from ..validation import check_at_most
from .controlled_cell import ControlledCell
from .ntm import WRITTEN_NORM

ACCESSED = 0.005  # δ: a slot is accessed where a weight is above it


@keras.saving.register_keras_serializable(package="keras_memory")
class SparseAccessCell(ControlledCell):
    """A controller with a memory of which each head reads the best matching slots alone.

    One step, from x_t and the state (controller state, r, w^W, w^R, U, M of t - 1):

        h_t    = controller([x_t, r_{t-1}])
        w^W_t  = α (γ w^R_{t-1} + (1 - γ) 1[i = l])    to what was read, or to slot l
        M_t    = M_{t-1}, with zeros in slot l, + w^W_t a
        w^R_t  = softmax(β cos(k, M_t)) over the k_top largest, 0 elsewhere
        r_t    = read(M_t, w^R_t)
        U_t    = 0 where w^W_t or w^R_t is above 0.005, U_{t-1} + 1 elsewhere
        output = [h_t, r_t]

    Slot l is the least recently used, the one with the largest U_{t-1}, and the first of
    several. Of several heads, each has its own weights and parameters, and the h-th writes to
    the h-th least recently used.

    Gradients reach the slots that were read or written to, and the choice of slots has none.
    So a training step stores, of each step, these slots and not the memory: what it needs
    grows with the length plus the slots, not with their product.

    Each head takes from h_t a key k = tanh(·), a strength β = 1 + softplus(·), an add vector
    a = tanh(·) and two gates, α = σ(·) of writing and γ = σ(·) of interpolation. The number
    of slots is in no weight, so trained weights load into a cell with more slots.

    Args:
        controller: Any Keras RNN cell (`LSTMCell`, `GRUCell`, `StackedRNNCells`), or a
            layer without state (`Dense`) for a feed-forward controller.
        memory_slots: N, rows of the memory.
        memory_width: W, columns of the memory.
        num_heads: That many read heads and that many write heads.
        k_top: K, how many slots a head reads.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: The state, in the order of `state_names`.

    Returns:
        `(output, states)`: `[h_t, r_t]`, shape
        `(batch, controller units + num_heads * memory_width)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, `k_top` or `num_heads` is above
            `memory_slots`, or the controller is not one.

    Cost:
        A step of the controller, and H N W to match for H heads and N slots of width W; a
        gradient, and what is stored for it, of H K W.

    Example:

    >>> cell = SparseAccessCell(keras.layers.LSTMCell(32), memory_slots=16, memory_width=8)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 9))))
    (2, 5, 40)

    Reference:
        [Rae et al., 2016](https://arxiv.org/abs/1610.09027), section 3. There, the slots to
        read are found by an approximate index; here, all are compared. A slot shorter than
        0.1 matches no key, as in `NTMCell`. The state starts from zeros. In half precision,
        where 256 steps and one are 256 steps, so are those since a slot was used.
    """

    def __init__(
        self,
        controller: keras.layers.Layer,
        memory_slots: int = 128,
        memory_width: int = 20,
        num_heads: int = 1,
        k_top: int = 4,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(controller, memory_slots, memory_width, num_heads, **kwargs)
        check_at_most("num_heads", num_heads, "memory_slots", memory_slots)
        check_at_most("k_top", k_top, "memory_slots", memory_slots)
        self.k_top = k_top
        self.score = CosineScore(WRITTEN_NORM, dtype=wide_dtype(self.compute_dtype))
        self._connect()

    @property
    def interface_sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of all that the heads take from h_t."""
        heads, width = self.num_heads, self.memory_width
        return {
            "key": (heads, width),  # k
            "strength": (heads, 1),  # β
            "write_gate": (heads, 1),  # α
            "interpolation_gate": (heads, 1),  # γ
            "add": (heads, width),  # a
        }

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        slots, heads, width = self.memory_slots, self.num_heads, self.memory_width
        return {
            **self._control.state_shapes,
            "reads": (heads, width),  # r
            "write_weights": (heads, slots),  # w^W
            "read_weights": (heads, slots),  # w^R
            "idle_steps": (slots,),  # U
            "memory": (slots, width),  # M
        }

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        inputs = ops.concatenate([inputs, self._flat(state["reads"])], axis=-1)
        hidden, controller = self._control.step(inputs, state, training)  # h_t
        part = self.head_parameters(hidden)
        oldest = least_recently_used(state["idle_steps"], self.num_heads)  # l
        memory, write_weights = self._write(
            part, state["memory"], state["read_weights"], oldest
        )  # M_t, w^W_t
        reads, memory, read_weights = self._read(part, memory)  # r_t, w^R_t
        is_used = ops.any((write_weights > ACCESSED) | (read_weights > ACCESSED), axis=1)
        return ops.concatenate([hidden, self._flat(reads)], axis=-1), {
            **controller,
            "reads": reads,
            "write_weights": write_weights,
            "read_weights": read_weights,
            "idle_steps": ops.where(is_used, 0, ops.stop_gradient(state["idle_steps"]) + 1),
            "memory": memory,
        }

    def _write(self, part, memory, last_weights, oldest):
        """M_t and w^W_t."""
        indices = top_indices(last_weights, self.k_top)  # of what was read
        to_read = part["write_gate"] * part["interpolation_gate"]
        to_read = to_read * self._picked(last_weights, indices)  # α γ w^R_{t-1}
        to_oldest = part["write_gate"] * (1 - part["interpolation_gate"])  # α (1 - γ)
        memory = store(memory, oldest, to_oldest * part["add"])
        for head in range(self.num_heads):
            rows = to_read[:, head, :, None] * part["add"][:, head, None]
            memory = add_rows(memory, indices[:, head], rows)
        weights = self._placed(oldest[..., None], to_oldest)
        return memory, weights + self._placed(indices, to_read)

    def _read(self, part, memory):
        """r_t, the memory to continue with, and w^R_t."""
        # The choice has no gradient; the slots that it chose are compared again.
        scores = self.score.compare(ops.stop_gradient(part["key"]), ops.stop_gradient(memory))
        indices = top_indices(ops.stop_gradient(part["strength"]) * scores, self.k_top)
        found = []
        for head in range(self.num_heads):
            rows, memory = recall(memory, indices[:, head])
            found.append(rows)
        rows = ops.stack(found, axis=1)  # (batch, heads, K, W)
        scores = self.score.compare(part["key"][:, :, None], rows)
        weights = _softmax(part["strength"][..., None] * scores)
        reads = ops.matmul(weights, rows)[:, :, 0]
        return reads, memory, self._placed(indices, weights[:, :, 0])

    def _picked(self, weights, indices):
        """Of weights `(batch, heads, slots)` those at indices `(batch, heads, K)`."""
        rows = ops.reshape(weights, (-1, self.memory_slots, 1))
        found, _ = recall(rows, ops.reshape(indices, (-1, indices.shape[-1])))
        return ops.reshape(found, ops.shape(indices))

    def _placed(self, indices, weights):
        """Weights `(batch, heads, slots)`, 0 but at indices `(batch, heads, K)`."""
        size, slots = indices.shape[-1], self.memory_slots
        rows = ops.reshape(weights, (-1, size, 1))
        nothing = ops.zeros((ops.shape(rows)[0], slots, 1), weights.dtype)
        placed = store(nothing, ops.reshape(indices, (-1, size)), rows)
        return ops.reshape(placed, (-1, self.num_heads, slots))

    def head_parameters(self, hidden: Tensor) -> dict[str, Tensor]:
        """What the heads take from h_t, of any leading axes, by the names of
        `interface_sizes`."""
        part = self._parts(hidden)
        return {
            "key": ops.tanh(part["key"]),
            "strength": 1 + ops.softplus(part["strength"]),
            "write_gate": ops.sigmoid(part["write_gate"]),
            "interpolation_gate": ops.sigmoid(part["interpolation_gate"]),
            "add": ops.tanh(part["add"]),
        }

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "k_top": self.k_top,
        }


def least_recently_used(idle_steps: Tensor, count: int) -> Tensor:
    """Indices of the slots that were not used for longest, the longest first.

    Of slots that were used last at the same step, the first goes first.

    Args:
        idle_steps: U ≥ 0, shape `(batch, slots)`.
        count: How many, at most all.

    Returns:
        Integers of shape `(batch, count)`, all different within an example.
    """
    slots = idle_steps.shape[-1]
    positions = ops.arange(slots, dtype="int32")
    found = []
    for _ in range(count):
        is_longest = idle_steps == ops.max(idle_steps, axis=-1, keepdims=True)
        first = ops.min(ops.where(is_longest, positions, slots), axis=-1, keepdims=True)
        idle_steps = ops.where(positions == first, -1, idle_steps)
        found.append(first)
    return ops.concatenate(found, axis=-1)


def _softmax(scores):
    """Of one score, too, without the warning of Keras."""
    return ops.exp(scores - ops.logsumexp(scores, axis=-1, keepdims=True))
