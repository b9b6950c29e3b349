"""The neural Turing machine as a model."""

from typing import Any

import keras

from ...layers import NTMCell
from ..metrics.bits import BitsPerSequence, WrongBitsPerSequence
from .controllers import controller_of
from .memory_machine import MemoryMachine


@keras.saving.register_keras_serializable(package="keras_memory")
class NTM(MemoryMachine):
    """Neural Turing machine: a sequence in, at every step a logit for each output bit.

    `(batch, steps, input_units)` -> `(batch, steps, output_units)`, for any batch and any
    number of steps. It comes compiled with the paper's optimiser and cost, and takes
    `sample_weight` of shape `(batch, steps)` to say which steps count.

    Args:
        input_units: Features of a step.
        output_units: Bits of an answer.
        controller: `"lstm"` or `"feedforward"` (one tanh layer).
        controller_units: Units of the controller.
        memory_slots: Rows of the memory. They are in no weight (unless the initial
            memory is learned), so trained weights load into a larger memory.
        memory_width: Columns of the memory.
        num_heads: That many read heads and that many write heads.
        shift_width: How many moves location addressing chooses from; odd.
        initial_memory: `"constant"` (1e-6 everywhere) or `"learned"`.

    Raises:
        ValueError: A size is not a positive integer, `shift_width` is even, or
            `controller` or `initial_memory` is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    sequences = np.random.default_rng(0).integers(0, 2, (32, 6, 9)).astype("float32")
    model = zoo.NTM(input_units=9, output_units=8, memory_slots=16)
    model.fit(sequences, np.roll(sequences[..., :8], 1, axis=1))
    trace = model.trace(sequences)  # memory, weights, reads and adds, step by step
    zoo.figures.memory_tape(trace).savefig("tape.png")
    ```

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401).
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
        shift_width: int = 3,
        initial_memory: str = "constant",
        name: str = "ntm",
    ) -> None:
        cell = NTMCell(
            controller_of(controller, controller_units),
            memory_slots=memory_slots,
            memory_width=memory_width,
            num_heads=num_heads,
            shift_width=shift_width,
            initial_memory=initial_memory,
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
            "shift_width": shift_width,
            "initial_memory": initial_memory,
            "name": name,
        }
        compile_for_bits(self)

    def signals(self, outputs: Any) -> dict[str, Any]:
        """What the write heads add, `(heads, memory_width)`."""
        hidden = outputs[..., : self.cell.controller_units]  # h_t
        return {"adds": self.cell.head_parameters(hidden).add}


def clipped_rmsprop(learning_rate: float = 1e-4) -> keras.optimizers.Optimizer:
    """RMSProp with momentum and the paper's elementwise clipping of gradients to ±10.

    n ← .95 n + .05 g²;  Δ ← .9 Δ - η g / √(n + ε)

    Unlike [Graves, 2013](https://arxiv.org/abs/1308.0850), equations 38 to 41, the mean
    gradient is not subtracted from n: where gradients are steady that makes the steps of
    this network grow until training is thrown back. ε has the unit of a squared gradient;
    for our cost, in bits per sequence averaged over the batch, it is 1e-2. Both were found
    in trials on the validation split.
    """
    return keras.optimizers.RMSprop(
        learning_rate, rho=0.95, momentum=0.9, epsilon=1e-2, clipvalue=10.0
    )


def compile_for_bits(model: MemoryMachine) -> None:
    """The optimiser, loss and metric with which machines of bits come."""
    model.compile_default(
        optimizer=clipped_rmsprop(),
        loss=BitsPerSequence(),
        weighted_metrics=[WrongBitsPerSequence()],
    )
