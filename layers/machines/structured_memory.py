"""A controller with stacks, queues and deques as an RNN cell."""

from collections.abc import Iterable
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..memory_cell import MemoryCell
from ..precision import widen
from ..sublayers import build_sublayer, deserialized
from .controller import Controller
from .neural_structures import NeuralStructure

POP_BIAS = -1.0  # at first, little is popped


@keras.saving.register_keras_serializable(package="keras_memory")
class StructuredMemoryCell(MemoryCell):
    """A controller with neural stacks, queues or deques, as many as there are.

    One step, from x_t and the state (controller state, r, V, s of t - 1):

        h_t    = controller([x_t, r_{t-1}])
        v_t    = tanh(·),  d_t = σ(·),  u_t = σ(·)      of h_t, for each end of a structure
        r_t    = what each structure reads, after u_t is popped and v_t pushed with d_t
        output = [h_t, r_t]

    The bias of u_t starts from -1. The room of a structure is in no weight, so trained
    weights load into a cell with more of it, or with as much as the sequence has steps.

    Args:
        controller: Any Keras RNN cell (`LSTMCell`, `GRUCell`, `StackedRNNCells`), or a
            layer without state (`Dense`) for a feed-forward controller.
        structure: A `NeuralStack`, `NeuralQueue` or `NeuralDeQue`, or a list of them.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: The state, in the order of `state_names`.

    Returns:
        `(output, states)`: `[h_t, r_t]`, shape
        `(batch, controller units + sizes of the reads)`, and the new state.

    Raises:
        ValueError: There is no structure, one is of another kind, or the controller is not
            one.

    Cost:
        A step of the controller, and one of each structure, linear in its room.

    Example:

    >>> cell = StructuredMemoryCell(keras.layers.LSTMCell(32), NeuralQueue(width=8))
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 9))))
    (2, 5, 40)

    Reference:
        [Grefenstette et al., 2015](https://arxiv.org/abs/1506.02516), section 3.4. There, the
        output is tanh of a projection of h_t alone, and what is read reaches it a step later;
        and the first state of the controller is learned.
    """

    def __init__(
        self,
        controller: keras.layers.Layer,
        structure: NeuralStructure | Iterable[NeuralStructure],
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        several = isinstance(structure, Iterable)
        self.structures = list(structure) if several else [structure]
        wrong = [s for s in self.structures if not isinstance(s, NeuralStructure)]
        if wrong or not self.structures:
            raise ValueError(
                "Expected a structure, as NeuralStack(8), or a list of them. Received: "
                f"{wrong[0] if wrong else structure}"
            )
        self.controller = controller
        self._control = Controller(controller)
        self.interface = keras.layers.Dense(
            sum(self._input_sizes), bias_initializer=self._first_bias, dtype=self.dtype_policy
        )

    @property
    def _input_sizes(self):
        return [structure.input_size for structure in self.structures]

    def _first_bias(self, shape, dtype=None):
        bias = []
        for structure in self.structures:
            pops = len(structure.popped)
            bias += [0.0] * (structure.input_size - pops) + [POP_BIAS] * pops
        return ops.convert_to_tensor(bias, dtype=dtype)

    @property
    def controller_units(self) -> int:
        """Width of h_t, with which an output begins."""
        return self._control.units

    @property
    def read_units(self) -> int:
        """Width of r_t, with which it ends."""
        return sum(structure.output_size for structure in self.structures)

    @property
    def output_size(self) -> int:
        return self.controller_units + self.read_units

    @property
    def state_shapes(self) -> dict[str, tuple[int | None, ...]]:
        return {
            **self._control.state_shapes,
            "reads": (self.read_units,),  # r
            **{
                f"{name}_{i}": shape  # V, s
                for i, structure in enumerate(self.structures)
                for name, shape in structure.state_shapes.items()
            },
        }

    def build(self, input_shape):
        batch, features = input_shape
        build_sublayer(self, self.controller, (batch, features + self.read_units))
        build_sublayer(self, self.interface, (batch, self.controller_units))
        for structure in self.structures:
            build_sublayer(self, structure, (batch, structure.input_size))

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        last = ops.cast(state["reads"], self.compute_dtype)  # r_{t-1}
        hidden, new = self._control.step(  # h_t
            ops.concatenate([ops.cast(inputs, last.dtype), last], axis=-1), state, training
        )
        reads = []
        for i, signals in enumerate(self.signals(hidden)):
            names = {name: f"{name}_{i}" for name in self.structures[i].state_shapes}
            read, after = self.structures[i].step(
                signals, {name: state[own] for name, own in names.items()}
            )
            reads.append(read)
            new |= {own: after[name] for name, own in names.items()}
        read = ops.concatenate(reads, axis=-1)  # r_t
        output = ops.concatenate([hidden, ops.cast(read, hidden.dtype)], axis=-1)
        return output, {**new, "reads": read}

    def signals(self, hidden: Tensor) -> list[Tensor]:
        """What each structure takes from h_t, of any leading axes: v_t, d_t and u_t."""
        flat, signals, start = widen(self.interface(hidden)), [], 0
        for structure, size in zip(self.structures, self._input_sizes, strict=True):
            values = start + len(structure.pushed) * structure.width
            signals.append(
                ops.concatenate(
                    [
                        ops.tanh(flat[..., start:values]),
                        ops.sigmoid(flat[..., values : start + size]),
                    ],
                    axis=-1,
                )
            )
            start += size
        return signals

    def get_config(self) -> dict[str, Any]:
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "controller": serialize(self.controller),
            "structure": [serialize(structure) for structure in self.structures],
        }

    @classmethod
    def from_config(cls, config):
        structures = [
            keras.saving.deserialize_keras_object(one) for one in config["structure"]
        ]
        return cls(**deserialized({**config, "structure": structures}, "controller"))
