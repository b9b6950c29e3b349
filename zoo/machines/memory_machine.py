"""A memory cell as a model: what all memory machines have in common."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from ...layers import MemoryCell, MemoryRNN
from ...layers.validation import check_positive
from ..saving.pretrained import PretrainedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class MemoryMachine(PretrainedModel):
    """A memory cell over time, and at every step a logit for each output unit.

    `(batch, steps, input_units)` -> `(batch, steps, output_units)`, for any batch and any
    number of steps. A subclass makes its cell, keeps its arguments in `arguments`, and comes
    compiled; this one, of any cell, is not.

    Args:
        cell: A `MemoryCell`.
        input_units: Features of a step.
        output_units: Units of an answer.
        name: Name of the model.
        first: A layer between the inputs of a step and the cell, as `keras.layers.Dense(8)`.

    Raises:
        ValueError: `input_units` or `output_units` is not a positive integer.

    Example:

    ```python
    import keras
    from keras_memory import layers, zoo

    cell = layers.NTMCell(keras.layers.GRUCell(64), memory_slots=32)
    model = zoo.MemoryMachine(cell, input_units=9, output_units=8)
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    ```
    """

    is_stream = True

    def __init__(
        self,
        cell: MemoryCell,
        input_units: int,
        output_units: int,
        name: str = "memory_machine",
        first: keras.layers.Layer | None = None,
    ) -> None:
        check_positive("input_units", input_units)
        check_positive("output_units", output_units)
        output_layer = keras.layers.Dense(output_units, name="logits")
        inputs = keras.Input((None, input_units), name="inputs")
        memory = MemoryRNN(cell, return_sequences=True, name="memory")
        outputs = memory(inputs if first is None else first(inputs))
        super().__init__(inputs, output_layer(outputs), name=name)
        self.cell = cell
        self.first = first
        self.output_layer = output_layer
        self.arguments = {
            "cell": cell,
            "input_units": input_units,
            "output_units": output_units,
            "name": name,
            "first": first,
        }

    def initial_state(self, batch_size: int, steps: int | None = None) -> dict[str, Any]:
        """The state before the first step, flat: `{name: (batch_size, size)}`.

        Args:
            batch_size: How many streams.
            steps: How many steps there will be at most; for a cell whose state is as long as
                the sequence, as a stack.
        """
        return self.cell.by_name(self.cell.get_initial_state(batch_size, steps))

    def step(self, inputs: Any, state: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """One step of a stream: `(batch, input_units)` and the state, to logits and state."""
        states = [state[name] for name in self.cell.state_names]
        outputs, states = self.cell(self._to_cell(inputs), states)
        return self.output_layer(outputs), self.cell.by_name(states)

    def _to_cell(self, inputs):
        return inputs if self.first is None else self.first(inputs)

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What the machine does with `inputs`, step by step.

        Args:
            inputs: Shape `(batch, steps, input_units)`.

        Returns:
            Tensors, each `(batch, steps, ...)`: `inputs`; `outputs`, what is predicted;
            the `signals` of the machine; and the cell's states after each step, in their
            shapes, those of the controller aside.
        """
        inputs = ops.convert_to_tensor(inputs)
        outputs, states = self.cell.trace(self._to_cell(inputs))
        return {
            "inputs": inputs,
            "outputs": self.predictions(self.output_layer(outputs)),
            **self.signals(outputs),
            **{k: v for k, v in states.items() if not k.startswith("controller")},
        }

    def predictions(self, logits: Any) -> Any:
        """Probabilities of the output units: each a bit of its own."""
        return ops.sigmoid(logits)

    def signals(self, outputs: Any) -> dict[str, Any]:
        """What else a trace shows, by name, of the cell's outputs `(batch, steps, size)`."""
        return {}
