"""The differentiable neural computer as a model."""

from collections.abc import Collection
from typing import Any

import keras
from keras import ops

from ...layers import DNCCell
from ...layers.machines.dnc import Correction
from .controllers import controller_of
from .memory_machine import MemoryMachine
from .ntm import compile_for_bits

# What a trace shows of the heads: the gates, and the modes of each read head.
GATES = "write_gate", "allocation_gate", "free_gates"


@keras.saving.register_keras_serializable(package="keras_memory")
class DNC(MemoryMachine):
    """Differentiable neural computer: a sequence in, at every step a logit for each bit.

    `(batch, steps, input_units)` -> `(batch, steps, output_units)`, for any batch and any
    number of steps. It comes compiled as `NTM`, and takes `sample_weight` of shape
    `(batch, steps)` to say which steps count.

    Args:
        input_units: Features of a step.
        output_units: Bits of an answer.
        controller: `"lstm"` or `"feedforward"` (one tanh layer).
        controller_units: Units of the controller.
        memory_slots: Rows of the memory. They are in no weight, so trained weights load
            into a larger memory.
        memory_width: Columns of the memory.
        num_heads: That many read heads; there is one write head.
        corrections: Names of corrections of `DNCCell`; none is the machine of the paper.
        links_per_slot: How many links of a slot are stored, for a memory of many slots; all
            if absent.

    Raises:
        ValueError: A size is not a positive integer, `links_per_slot` is above
            `memory_slots`, or `controller` or a correction is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    sequences = np.random.default_rng(0).integers(0, 2, (32, 6, 9)).astype("float32")
    model = zoo.DNC(input_units=9, output_units=8, memory_slots=16)
    model.fit(sequences, np.roll(sequences[..., :8], 1, axis=1))
    trace = model.trace(sequences)  # memory, weights, usage, links and gates, step by step
    zoo.figures.memory_tape(trace).savefig("tape.png")
    ```

    Reference:
        [Graves et al., 2016](https://doi.org/10.1038/nature20101).
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
        corrections: Collection[Correction] = (),
        links_per_slot: int | None = None,
        name: str = "dnc",
    ) -> None:
        cell = DNCCell(
            controller_of(controller, controller_units),
            memory_slots=memory_slots,
            memory_width=memory_width,
            num_heads=num_heads,
            corrections=corrections,
            links_per_slot=links_per_slot,
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
            "corrections": cell.corrections,
            "links_per_slot": links_per_slot,
            "name": name,
        }
        compile_for_bits(self)

    def signals(self, outputs: Any) -> dict[str, Any]:
        """Write gate, allocation gate and free gates, and the read modes of each head."""
        part = self.cell.head_parameters(outputs[..., : self.cell.controller_units])
        gates = ops.concatenate([part[name] for name in GATES], axis=-1)
        modes = ops.reshape(part["read_modes"], (*ops.shape(gates)[:-1], -1))
        return {"adds": part["write_vector"], "gates": gates, "read_modes": modes}
