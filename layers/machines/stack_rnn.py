"""Recurrent units with continuous stacks or lists, which they learn to push to and to pop."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..memory_cell import MemoryCell
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_at_most, check_choice, check_positive
from .interface import interface_width, split_interface
from .tape_heads import largest_index

EMPTY = -1.0  # a cell that nothing was pushed to
ACTIONS = {
    "stack": ("push", "pop"),
    "list": ("insert", "left", "right"),
}


@keras.saving.register_keras_serializable(package="keras_memory")
class StackRNNCell(MemoryCell):
    """Recurrent units with stacks of numbers, or lists, and actions that are probabilities.

    One step, from x_t and the state (h if `recurrent`, and the structures s, of t - 1):

        h_t = σ(U x_t + P s^k_{t-1} + R h_{t-1})        R if `recurrent`
        a_t = softmax(A h_t)                            for each structure
        v_t = σ(D h_t)                                  a number for each structure
        s_t = a_t[push] push(s_{t-1}, v_t) + a_t[pop] pop(s_{t-1}) + a_t[no-op] s_{t-1}
        output = h_t

    where s^k are the `top` cells nearest the top. Cells that nothing was pushed to are -1,
    and so is what is popped from an empty stack. A list is two stacks, before and after its
    head, which is on the top cell of the second. It is moved right by popping that cell and
    pushing it to the first stack, and left the other way round; what is inserted takes that
    cell's place, which goes to the first stack. The units see the `top` cells of both.

    The number of cells is in no weight, and neither is the length of the sequence.

    Args:
        units: Width of h_t.
        stacks: How many structures, each with actions of its own.
        depth: Cells of a stack; what is pushed beyond the last is lost. If absent, as many
            as the sequence has steps: enough, under `MemoryRNN`.
        top: k, how many cells the units see.
        structure: `"stack"` or `"list"`.
        no_op: Whether there is a third action of a stack, a fourth of a list: none.
        recurrent: Whether the units also see h_{t-1}.
        hard_actions: Whether, but in training, the likeliest action has probability 1.
        action_noise: Whether x_t ends in `action_units` numbers that are added to A h_t. As
            noise, in training, they teach actions of probability near 0 or 1.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: The state, in the order of `state_names`.
        training: Whether actions are left soft where `hard_actions` is set.

    Returns:
        `(output, states)`: h_t, shape `(batch, units)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, `top` is above `depth`, or the structure
            is unknown.

    Cost:
        A layer of the units, and a shift of `stacks` times `depth` cells for each action.

    Example:

    >>> cell = StackRNNCell(40, stacks=10)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 3))))
    (2, 5, 40)

    Reference:
        [Joulin & Mikolov, 2015](https://arxiv.org/abs/1503.01007), section 3. Ours adds
        biases, the action noise, and to what the units see of a list the cells before its
        head.
    """

    def __init__(
        self,
        units: int,
        stacks: int = 10,
        depth: int | None = None,
        top: int = 2,
        structure: str = "stack",
        no_op: bool = False,
        recurrent: bool = False,
        hard_actions: bool = False,
        action_noise: bool = False,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("units", units)
        check_positive("stacks", stacks)
        check_positive("top", top)
        check_choice("structure", structure, ACTIONS)
        if depth is not None:
            check_positive("depth", depth)
            check_at_most("top", top, "depth", depth)
        self.units = units
        self.stacks = stacks
        self.depth = depth
        self.top = top
        self.structure = structure
        self.no_op = no_op
        self.recurrent = recurrent
        self.hard_actions = hard_actions
        self.action_noise = action_noise
        # Inputs are few, often one-hot, and cells many: each kernel has a scale of its own.
        self.from_inputs = keras.layers.Dense(
            units, kernel_initializer="lecun_normal", dtype=self.dtype_policy
        )  # U
        self.from_state = keras.layers.Dense(
            units, use_bias=False, kernel_initializer="lecun_normal", dtype=self.dtype_policy
        )  # P, and R
        self.interface = keras.layers.Dense(
            interface_width(self.interface_sizes), dtype=self.dtype_policy
        )

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions by name, in the order of their probabilities."""
        return ACTIONS[self.structure] + ("no_op",) * self.no_op

    @property
    def action_units(self) -> int:
        """How many probabilities all actions of all structures have."""
        return self.stacks * len(self.actions)

    @property
    def interface_sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of all that is projected from h_t: scores of actions, and values."""
        return {"actions": (self.stacks, len(self.actions)), "values": (self.stacks, 1)}

    @property
    def output_size(self) -> int:
        return self.units

    @property
    def _sides(self):
        """Stacks of a structure."""
        return 1 if self.structure == "stack" else 2

    @property
    def state_shapes(self) -> dict[str, tuple[int | None, ...]]:
        hidden = {"hidden": (self.units,)} if self.recurrent else {}  # h
        return {**hidden, "cells": (self.stacks, self._sides, self.depth)}  # s

    def initial_state(self) -> dict[str, Tensor]:
        return {"cells": ops.convert_to_tensor(EMPTY)}

    def build(self, input_shape):
        batch, features = input_shape
        noise = self.action_units if self.action_noise else 0
        if features is not None and features <= noise:
            raise ValueError(
                f"Expected more inputs than {noise} of action_noise for {self.name}. "
                f"Received: {features}"
            )
        seen = self.stacks * self._sides * self.top + self.units * self.recurrent
        build_sublayer(self, self.from_inputs, (batch, features - noise))
        build_sublayer(self, self.from_state, (batch, seen))
        build_sublayer(self, self.interface, (batch, self.units))

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        noise = 0.0
        if self.action_noise:
            noise = inputs[:, -self.action_units :]
            noise = ops.reshape(noise, (-1, self.stacks, len(self.actions)))
            inputs = inputs[:, : -self.action_units]
        seen = self._top_cells(state["cells"])
        if self.recurrent:
            seen = ops.concatenate([seen, state["hidden"]], axis=-1)
        hidden = widen(self.from_inputs(inputs)) + widen(self.from_state(seen))
        hidden = ops.sigmoid(hidden)  # h_t
        part = split_interface(widen(self.interface(hidden)), self.interface_sizes)
        actions = self._probabilities(part["actions"] + noise, training)  # a_t
        values = ops.sigmoid(part["values"])  # v_t
        cells = self._acted(state["cells"], actions, values)  # s_t
        return hidden, {**({"hidden": hidden} if self.recurrent else {}), "cells": cells}

    def action_probabilities(self, hidden: Tensor, training: bool | None = None) -> Tensor:
        """a_t of h_t, of any leading axes: `(..., stacks, actions)`, as `actions` has them.

        Args:
            hidden: h_t, shape `(..., units)`.
            training: Whether they are left soft where `hard_actions` is set.
        """
        part = split_interface(widen(self.interface(hidden)), self.interface_sizes)
        return self._probabilities(part["actions"], training)

    def _probabilities(self, scores, training):
        if self.hard_actions and not training:
            return ops.one_hot(largest_index(scores), len(self.actions), dtype=scores.dtype)
        return ops.softmax(scores, axis=-1)

    def _top_cells(self, cells):
        """s^k: `(batch, stacks * sides * top)`; below the last cell all are empty."""
        seen = cells[..., : self.top]
        if self.depth is None:  # a sequence may have fewer steps than that
            below = ops.full_like(cells[..., :1], EMPTY)
            seen = ops.concatenate([seen, *[below] * self.top], axis=-1)[..., : self.top]
        return ops.reshape(seen, (-1, self.stacks * self._sides * self.top))

    def _acted(self, cells, actions, values):
        """s_t: what the actions make of the cells, weighted by their probabilities."""
        empty = ops.full_like(cells[..., :1], EMPTY)
        if self.structure == "stack":
            pushed, still, popped = shifted(values[:, :, None], cells, empty)
            results = {"push": pushed, "pop": popped, "no_op": still}
        else:
            others = ops.flip(cells[..., :1], axis=2)  # each side gets what the other loses
            pushed, still, popped = shifted(others, cells, empty)
            inserted = ops.concatenate([values[:, :, None], cells[:, :, 1:, 1:]], axis=-1)

            def sides(before, after):
                return ops.concatenate([before[:, :, :1], after[:, :, -1:]], axis=2)

            results = {
                "insert": sides(pushed, inserted),
                "left": sides(popped, pushed),
                "right": sides(pushed, popped),
                "no_op": still,
            }
        weighted = [
            actions[..., i, None, None] * results[name] for i, name in enumerate(self.actions)
        ]
        return sum(weighted[1:], weighted[0])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "stacks": self.stacks,
            "depth": self.depth,
            "top": self.top,
            "structure": self.structure,
            "no_op": self.no_op,
            "recurrent": self.recurrent,
            "hard_actions": self.hard_actions,
            "action_noise": self.action_noise,
        }


def shifted(above: Tensor, cells: Tensor, below: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cells `(..., depth)` pushed down by `above`, as they are, and popped up to `below`."""
    padded = ops.concatenate([above, cells, below], axis=-1)
    return padded[..., :-2], cells, padded[..., 2:]
