"""The differentiable neural computer as an RNN cell."""

from collections.abc import Collection
from typing import Any, Literal, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..validation import check_at_most, check_choice
from .addressing import sharpen_weights
from .allocation import allocation_weights, retention, slot_usage
from .controlled_cell import ControlledCell
from .masked_lookup import masked_cosine
from .memory import read_memory
from .sparse_links import MOST_SLOTS, SparseLinks
from .temporal_links import DenseLinks, precedence_weights

Correction = Literal["masked_lookup", "erasing_deallocation", "sharpened_links"]
CORRECTIONS = "masked_lookup", "erasing_deallocation", "sharpened_links"


def one_plus(x: Tensor) -> Tensor:
    """1 + log(1 + eˣ), in [1, ∞)."""
    return 1 + ops.softplus(x)


# From the interface vector to the parameters; of the others, the identity.
ACTIVATIONS = {
    "read_strengths": one_plus,
    "write_strength": one_plus,
    "erase": ops.sigmoid,
    "free_gates": ops.sigmoid,
    "allocation_gate": ops.sigmoid,
    "write_gate": ops.sigmoid,
    "read_modes": ops.softmax,
    "read_masks": ops.sigmoid,
    "write_mask": ops.sigmoid,
    "forward_sharpness": one_plus,
    "backward_sharpness": one_plus,
}


@keras.saving.register_keras_serializable(package="keras_memory")
class DNCCell(ControlledCell):
    """A controller with a memory that allocates its slots, and links them in their order.

    One step, from x_t and the state (controller state, r, w^r, w^w, u, p, L, M of t - 1):

        h_t    = controller([x_t, r_{t-1}])
        u_t    = (u_{t-1} + w^w_{t-1} - u_{t-1} w^w_{t-1}) ψ_t     usage, less what is freed
        w^w_t  = g^w [g^a a(u_t) + (1 - g^a) c(M_{t-1}, k^w, β^w)] allocation, or content
        M_t    = M_{t-1} (1 - w^w_t e) + w^w_t v
        L_t, p_t: links between what was written one after the other
        w^r_t  = π_1 Lᵀ_t w^r_{t-1} + π_2 c(M_t, k^r, β^r) + π_3 L_t w^r_{t-1}
        r_t    = read(M_t, w^r_t)
        output = [h_t, r_t]

    with c(M, k, β) = softmax(β cos(k, M)). There is one write head. The number of slots is in
    no weight, so trained weights load into a cell with more slots.

    Three corrections are parts that any cell may have:

    - `"masked_lookup"`: each look-up has a mask m in [0, 1], cos(k ⊙ m, M ⊙ m).
    - `"erasing_deallocation"`: what is freed is erased, M_{t-1} ψ_t in the place of M_{t-1}.
    - `"sharpened_links"`: what links give is raised to a power of at least 1, and normalised.

    Args:
        controller: Any Keras RNN cell (`LSTMCell`, `GRUCell`, `StackedRNNCells`), or a
            layer without state (`Dense`) for a feed-forward controller.
        memory_slots: N, rows of the memory.
        memory_width: W, columns of the memory.
        num_heads: R, how many read heads.
        corrections: Names of corrections; none is the machine of the paper.
        links_per_slot: K, how many links of a slot are stored in each direction, the
            largest; their choice has no gradient. `None`: all, as a matrix.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: The state, in the order of `state_names`.

    Returns:
        `(output, states)`: `[h_t, r_t]`, shape
        `(batch, controller units + num_heads * memory_width)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, a correction is unknown,
            `links_per_slot` is above `memory_slots`, or these are above 65,536 beside it,
            or the controller is not one.

    Cost:
        A step of the controller, and N² + R N² + (R + 1) N W for N slots: the links are
        quadratic in the slots; no term is quadratic in the length. With `links_per_slot`,
        R N K + (R + 1) N W.

    Example:

    >>> cell = DNCCell(keras.layers.LSTMCell(32), memory_slots=16, memory_width=8)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 9))))
    (2, 5, 40)

    Reference:
        [Graves et al., 2016](https://doi.org/10.1038/nature20101), Methods;
        corrections of [Csordás & Schmidhuber, 2019](https://arxiv.org/abs/1904.10278). The
        state starts from zeros, as there. Unlike there, a link distribution that is
        sharpened is a soft-max of s log w, which needs no ε in its sum.
    """

    def __init__(
        self,
        controller: keras.layers.Layer,
        memory_slots: int = 128,
        memory_width: int = 20,
        num_heads: int = 1,
        corrections: Collection[Correction] = (),
        links_per_slot: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(controller, memory_slots, memory_width, num_heads, **kwargs)
        corrections = [corrections] if isinstance(corrections, str) else corrections or ()
        for correction in corrections:
            check_choice("a correction", correction, CORRECTIONS)
        corrections = sorted(set(corrections))
        if links_per_slot is not None:
            check_at_most("links_per_slot", links_per_slot, "memory_slots", memory_slots)
            if memory_slots > MOST_SLOTS:
                raise ValueError(
                    f"Expected memory_slots of at most {MOST_SLOTS} beside links_per_slot. "
                    f"Received: {memory_slots}"
                )
        self.corrections = corrections
        self.links_per_slot = links_per_slot
        self._links = (
            DenseLinks(memory_slots)
            if links_per_slot is None
            else SparseLinks(memory_slots, links_per_slot)
        )
        self._connect()

    @property
    def interface_sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of all that the heads take from h_t."""
        heads, width = self.num_heads, self.memory_width
        sizes = {
            "read_keys": (heads, width),  # k^r
            "read_strengths": (heads, 1),  # β^r
            "write_key": (1, width),  # k^w
            "write_strength": (1, 1),  # β^w
            "erase": (width,),  # e
            "write_vector": (width,),  # v
            "free_gates": (heads,),  # f
            "allocation_gate": (1,),  # g^a
            "write_gate": (1,),  # g^w
            "read_modes": (heads, 3),  # π: backward, content, forward
        }
        if "masked_lookup" in self.corrections:
            sizes |= {"read_masks": (heads, width), "write_mask": (1, width)}
        if "sharpened_links" in self.corrections:
            sizes |= {"forward_sharpness": (heads, 1), "backward_sharpness": (heads, 1)}
        return sizes

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        slots, heads, width = self.memory_slots, self.num_heads, self.memory_width
        return {
            **self._control.state_shapes,
            "reads": (heads, width),  # r
            "write_weights": (slots,),  # w^w
            "read_weights": (heads, slots),  # w^r
            "usage": (slots,),  # u
            "precedence": (slots,),  # p
            **self._links.state_shapes,  # L
            "memory": (slots, width),  # M
        }

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        inputs = ops.concatenate([inputs, self._flat(state["reads"])], axis=-1)
        hidden, controller = self._control.step(inputs, state, training)  # h_t
        part = self.head_parameters(hidden)
        retained = retention(part["free_gates"], state["read_weights"])  # ψ_t
        usage = slot_usage(state["usage"], state["write_weights"], retained)  # u_t
        write_weights = self._write_weights(part, usage, state["memory"])  # w^w_t
        memory = self._written(part, state["memory"], write_weights, retained)  # M_t
        links, forward, backward = self._links.advance(state, write_weights)  # L_t
        read_weights = self._read_weights(part, forward, backward, memory)  # w^r_t
        reads = read_memory(memory, read_weights)  # r_t
        return ops.concatenate([hidden, self._flat(reads)], axis=-1), {
            **controller,
            "reads": reads,
            "write_weights": write_weights,
            "read_weights": read_weights,
            "usage": usage,
            "precedence": precedence_weights(state["precedence"], write_weights),  # p_t
            **links,
            "memory": memory,
        }

    def _write_weights(self, part, usage, memory):
        content = self._content_weights(
            part["write_key"], part["write_strength"], part.get("write_mask"), memory
        )[:, 0]
        gate = part["allocation_gate"]  # g^a
        return part["write_gate"] * (gate * allocation_weights(usage) + (1 - gate) * content)

    def _written(self, part, memory, write_weights, retained):
        if "erasing_deallocation" in self.corrections:
            memory = memory * retained[..., None]
        weights = write_weights[..., None]
        return (
            memory * (1 - weights * part["erase"][:, None])
            + weights * part["write_vector"][:, None]
        )

    def _read_weights(self, part, forward, backward, memory):
        content = self._content_weights(
            part["read_keys"], part["read_strengths"], part.get("read_masks"), memory
        )
        if "sharpened_links" in self.corrections:
            forward = sharpen_weights(forward, part["forward_sharpness"])
            backward = sharpen_weights(backward, part["backward_sharpness"])
        modes = part["read_modes"][..., None]  # π
        return modes[:, :, 0] * backward + modes[:, :, 1] * content + modes[:, :, 2] * forward

    def _content_weights(self, key, strength, mask, memory):
        return ops.softmax(strength * masked_cosine(key, mask, memory), axis=-1)

    def head_parameters(self, hidden: Tensor) -> dict[str, Tensor]:
        """What the heads take from h_t, of any leading axes, by the names of
        `interface_sizes`."""
        return {
            name: ACTIVATIONS[name](part) if name in ACTIVATIONS else part
            for name, part in self._parts(hidden).items()
        }

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "corrections": self.corrections,
            "links_per_slot": self.links_per_slot,
        }
