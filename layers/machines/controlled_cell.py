"""What machines share that have a controller and read heads."""

from keras import ops

from ..argument_types import Tensor
from .cell import MemoryCell
from .controller import Controller


class ControlledCell(MemoryCell):
    """A memory cell whose output is [h_t, r_t], of its controller and its read heads.

    A subclass sets `_control`, `num_heads` and `memory_width`.
    """

    _control: Controller
    num_heads: int
    memory_width: int

    @property
    def controller_units(self) -> int:
        """Width of h_t, with which an output begins."""
        return self._control.units

    @property
    def output_size(self) -> int:
        return self.controller_units + self.num_heads * self.memory_width

    def _flat(self, reads: Tensor) -> Tensor:
        size = self.num_heads * self.memory_width
        return ops.reshape(ops.cast(reads, self.compute_dtype), (-1, size))
