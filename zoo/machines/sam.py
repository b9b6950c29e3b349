"""Sparse access memory as a model."""

from typing import Any

import keras

from ...layers import SparseAccessCell
from .controllers import controller_of
from .memory_machine import MemoryMachine
from .ntm import compile_for_bits


@keras.saving.register_keras_serializable(package="keras_memory")
class SAM(MemoryMachine):
    """Sparse access memory: a sequence in, at every step a logit for each output bit.

    `(batch, steps, input_units)` -> `(batch, steps, output_units)`, for any batch and any
    number of steps. What training holds does not grow with the slots times the steps, so
    that a memory may be large. It comes compiled as an `NTM`, and takes `sample_weight` of
    shape `(batch, steps)` to say which steps count.

    Args:
        input_units: Features of a step.
        output_units: Bits of an answer.
        controller: `"lstm"` or `"feedforward"` (one tanh layer).
        controller_units: Units of the controller.
        memory_slots: Rows of the memory. They are in no weight, so trained weights load into
            a larger memory.
        memory_width: Columns of the memory.
        num_heads: That many read heads and that many write heads.
        k_top: How many slots a head reads.

    Raises:
        ValueError: A size is not a positive integer, `k_top` or `num_heads` is above
            `memory_slots`, or `controller` is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    sequences = np.random.default_rng(0).integers(0, 2, (32, 6, 9)).astype("float32")
    model = zoo.SAM(input_units=9, output_units=8, memory_slots=1024)
    model.fit(sequences, np.roll(sequences[..., :8], 1, axis=1))
    trace = model.trace(sequences)  # memory, weights, reads and adds, step by step
    zoo.figures.memory_tape(trace).savefig("tape.png")
    ```

    Reference:
        [Rae et al., 2016](https://arxiv.org/abs/1610.09027). Its optimiser is RMSProp; ours
        is that of `NTM`.
    """

    def __init__(
        self,
        input_units: int = 9,
        output_units: int = 8,
        controller: str = "lstm",
        controller_units: int = 100,
        memory_slots: int = 128,
        memory_width: int = 20,
        num_heads: int = 1,
        k_top: int = 4,
        name: str = "sam",
    ) -> None:
        cell = SparseAccessCell(
            controller_of(controller, controller_units),
            memory_slots=memory_slots,
            memory_width=memory_width,
            num_heads=num_heads,
            k_top=k_top,
        )
        super().__init__(cell, input_units, output_units, name)
        self.arguments = {
            "input_units": input_units,
            "output_units": output_units,
            "controller": controller,
            "controller_units": controller_units,
            "memory_slots": memory_slots,
            "memory_width": memory_width,
            "num_heads": num_heads,
            "k_top": k_top,
            "name": name,
        }
        compile_for_bits(self)

    def signals(self, outputs: Any) -> dict[str, Any]:
        """What the write heads add, `(heads, memory_width)`."""
        hidden = outputs[..., : self.cell.controller_units]  # h_t
        return {"adds": self.cell.head_parameters(hidden)["add"]}
