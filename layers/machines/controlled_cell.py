"""What machines share that have a controller and heads."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..memory_cell import MemoryCell
from ..precision import widen
from ..sublayers import build_sublayer, deserialized
from ..validation import check_positive
from .controller import Controller
from .interface import interface_width, split_interface


class ControlledCell(MemoryCell):
    """A memory cell whose output is [h_t, r_t], of its controller and its read heads.

    A subclass has the property `interface_sizes`, and calls `_connect` at the end of its
    `__init__`, when that property is known.
    """

    def __init__(
        self,
        controller: keras.layers.Layer,
        memory_slots: int,
        memory_width: int,
        num_heads: int,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("memory_slots", memory_slots)
        check_positive("memory_width", memory_width)
        check_positive("num_heads", num_heads)
        self.controller = controller
        self._control = Controller(controller)
        self.memory_slots = memory_slots
        self.memory_width = memory_width
        self.num_heads = num_heads

    @property
    def interface_sizes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of all that the heads take from h_t."""
        raise NotImplementedError(f"Expected interface_sizes of {type(self).__name__}")

    def _connect(self):
        """Make the layer that gives from h_t what the heads take."""
        self.interface = keras.layers.Dense(
            interface_width(self.interface_sizes), dtype=self.dtype_policy
        )

    @property
    def controller_units(self) -> int:
        """Width of h_t, with which an output begins."""
        return self._control.units

    @property
    def output_size(self) -> int:
        return self.controller_units + self.num_heads * self.memory_width

    def build(self, input_shape):
        batch, features = input_shape
        reads = self.num_heads * self.memory_width
        build_sublayer(self, self.controller, (batch, features + reads))
        build_sublayer(self, self.interface, (batch, self.controller_units))

    def _parts(self, hidden: Tensor) -> dict[str, Tensor]:
        """What the heads take from h_t, before it is bounded."""
        return split_interface(widen(self.interface(hidden)), self.interface_sizes)

    def _flat(self, reads: Tensor) -> Tensor:
        size = self.num_heads * self.memory_width
        return ops.reshape(ops.cast(reads, self.compute_dtype), (-1, size))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "controller": keras.saving.serialize_keras_object(self.controller),
            "memory_slots": self.memory_slots,
            "memory_width": self.memory_width,
            "num_heads": self.num_heads,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "controller"))
