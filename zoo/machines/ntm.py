"""The neural Turing machine as a model."""

import keras
from keras import ops

from ...layers import MemoryRNN, NTMCell, TracedCell
from ...layers.validation import check_choice, check_positive
from ..metrics.bits import BitsPerSequence, WrongBitsPerSequence
from ..saving.pretrained import PretrainedModel

CONTROLLERS = {
    "lstm": keras.layers.LSTMCell,
    "feedforward": lambda units: keras.layers.Dense(units, activation="tanh"),
}


@keras.saving.register_keras_serializable(package="keras_memory")
class NTM(PretrainedModel):
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
    model = keras_memory.zoo.NTM(input_units=9, output_units=8)
    model.fit(inputs, targets, sample_weight=mask)
    trace = model.trace(inputs)            # the memory and every weighting, step by step
    keras_memory.zoo.figures.memory_tape(trace).savefig("tape.png")
    ```

    Reference:
        [Graves et al., 2014](https://arxiv.org/abs/1410.5401).
    """

    is_stream = True

    def __init__(
        self,
        input_units=9,
        output_units=8,
        controller="lstm",
        controller_units=100,
        memory_slots=128,
        memory_width=20,
        num_heads=1,
        shift_width=3,
        initial_memory="constant",
        name="ntm",
    ):
        check_positive("input_units", input_units)
        check_positive("output_units", output_units)
        check_choice("controller", controller, CONTROLLERS)
        check_positive("controller_units", controller_units)
        cell = NTMCell(
            CONTROLLERS[controller](controller_units),
            memory_slots=memory_slots,
            memory_width=memory_width,
            num_heads=num_heads,
            shift_width=shift_width,
            initial_memory=initial_memory,
        )
        output_layer = keras.layers.Dense(output_units, name="logits")
        inputs = keras.Input((None, input_units), name="inputs")
        hidden = MemoryRNN(cell, return_sequences=True, name="memory")(inputs)
        super().__init__(inputs, output_layer(hidden), name=name)
        self.cell = cell
        self.output_layer = output_layer
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
        self.compile_default(
            optimizer=clipped_rmsprop(),
            loss=BitsPerSequence(),
            weighted_metrics=[WrongBitsPerSequence()],
        )

    def initial_state(self, batch_size):
        """The state before the first step, flat: `{name: (batch_size, size)}`."""
        states = self.cell.get_initial_state(batch_size)
        return dict(zip(self.cell.state_names, states, strict=True))

    def step(self, inputs, state):
        """One step of a stream: `(batch, input_units)` and the state, to logits and state."""
        states = [state[name] for name in self.cell.state_names]
        hidden, states = self.cell(inputs, states)
        state = dict(zip(self.cell.state_names, states, strict=True))
        return self.output_layer(hidden), state

    def trace(self, inputs):
        """What the machine does with `inputs`, step by step.

        Args:
            inputs: Shape `(batch, steps, input_units)`.

        Returns:
            NumPy arrays, each `(batch, steps, ...)`: `inputs`; `outputs`, the
            probability of each bit; `adds`, what the write heads add, and `reads`, what
            the read heads see, `(heads, memory_width)`; `write_weights` and
            `read_weights`, `(heads, memory_slots)`; `memory` after the step,
            `(memory_slots, memory_width)`.
        """
        inputs = ops.convert_to_tensor(inputs)
        everything = MemoryRNN(TracedCell(self.cell), return_sequences=True)(inputs)
        sizes = [self.cell.output_size, *self.cell.state_size]
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
        hidden, *states = ops.split(everything, ends, axis=-1)
        units = self.cell.output_size - self.cell.num_heads * self.cell.memory_width
        shapes = self.cell.state_shapes
        trace = {
            "inputs": inputs,
            "outputs": ops.sigmoid(self.output_layer(hidden)),
            "adds": self.cell.head_parameters(hidden[..., :units])["add"],
        }
        for (name, shape), state in zip(shapes.items(), states, strict=True):
            if not name.startswith("controller"):
                trace[name] = ops.reshape(state, (*state.shape[:2], *shape))
        return {name: ops.convert_to_numpy(value) for name, value in trace.items()}


def clipped_rmsprop(learning_rate=1e-4):
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
