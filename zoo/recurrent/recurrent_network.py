"""Recurrent networks of Elman, LSTM and GRU cells, whose gates and gradients can be seen."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.validation import check_choice, check_positive
from ..checked_model import CheckedModel
from . import through_time

CELLS = {
    "elman": layers.ElmanCell,
    "lstm": keras.layers.LSTMCell,
    "gru": keras.layers.GRUCell,
}
STATES = {"elman": ("states",), "lstm": ("states", "cells"), "gru": ("states",)}


@keras.saving.register_keras_serializable(package="keras_memory")
class RecurrentNetwork(CheckedModel):
    """A recurrent network, and at every step a linear function of its hidden units.

    y_t = V h_t + c, with the h_t of the cell

    Takes sequences `(batch, steps, input_units)` and gives `(batch, steps, output_units)`.

    Args:
        input_units: Features of a step.
        output_units: Width of y_t.
        cell: `"elman"`, `"lstm"` or `"gru"`.
        units: Width of h_t.
        name: Name of the model.

    Raises:
        ValueError: A size is not a positive integer, or the cell is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    model = zoo.RecurrentNetwork(input_units=3, output_units=1, cell="lstm", units=4)
    trace = model.trace(np.ones((1, 10, 3)))
    trace["forget_gate"]  # of each unit at each step
    model.gradient_norms(np.ones((1, 10, 3)))  # of the last output, by each input
    ```

    Reference:
        [Elman, 1990](https://doi.org/10.1207/s15516709cog1402_1);
        [Hochreiter & Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735), with
        the forget gate of [Gers et al., 2000](https://doi.org/10.1162/089976600300015015);
        [Cho et al., 2014](https://arxiv.org/abs/1406.1078).
    """

    is_stream = True
    needs_steps = True

    def __init__(
        self,
        input_units: int,
        output_units: int,
        cell: str = "lstm",
        units: int = 32,
        name: str = "recurrent_network",
    ) -> None:
        sizes = {"input_units": input_units, "output_units": output_units, "units": units}
        for argument, size in sizes.items():
            check_positive(argument, size)
        check_choice("cell", cell, CELLS)
        recurrent = CELLS[cell](units, name="cell")
        inputs = keras.Input((None, input_units), name="inputs")
        rnn = layers.MemoryRNN(recurrent, return_sequences=True, name="recurrent")
        read_out = keras.layers.Dense(output_units, name="outputs")  # V, c
        super().__init__(inputs, read_out(rnn(inputs)), name=name)
        self.cell, self.read_out = recurrent, read_out
        self.arguments = {
            "input_units": input_units,
            "output_units": output_units,
            "cell": cell,
            "units": units,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-2, global_clipnorm=1.0), loss="mean_squared_error"
        )

    def initial_state(self, batch_size: int, steps: int | None = None) -> dict[str, Any]:
        """The state before the first step: `states`, and of an LSTM `cells`.

        Args:
            batch_size: How many streams.
            steps: Not used.
        """
        return self._by_name(self.cell.get_initial_state(batch_size=batch_size))

    def step(self, inputs: Any, state: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """One step: `(batch, input_units)` and the state, to outputs and state."""
        names = STATES[self.arguments["cell"]]
        hidden, states = self.cell(inputs, [state[name] for name in names])
        return self.read_out(hidden), self._by_name(states)

    def _by_name(self, states):
        names = STATES[self.arguments["cell"]]
        return dict(zip(names, keras.tree.flatten(states), strict=True))

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What is inside of the network at every step, `(batch, steps, units)`.

        Args:
            inputs: Shape `(batch, steps, input_units)`.

        Returns:
            `inputs`, `outputs`, and `states`, h; of an LSTM `cells`, `input_gate`,
            `forget_gate`, `output_gate` and `candidates`; of a GRU `update_gate`,
            `reset_gate`, `candidates` and, U h_{t-1} of these, `fed_back`.
        """
        inside = self._inside(inputs)
        return {"inputs": inputs, "outputs": self.read_out(inside["states"]), **inside}

    def gradient_norms(self, inputs: Any) -> np.ndarray:
        """How much the last outputs depend on each input, `(batch, steps)`.

        The norms of the gradients of the sum of the last outputs by the inputs of a step.

        Args:
            inputs: Shape `(batch, steps, input_units)`.
        """
        inside = {k: _array(x).swapaxes(0, 1) for k, x in self._inside(inputs).items()}
        of_last = _array(self.read_out.kernel).sum(axis=-1)
        last = np.broadcast_to(of_last, inside["states"][-1].shape)
        weights = [_array(weight) for weight in self.cell.weights]
        found = through_time.gradients(self.arguments["cell"], weights, inside, last)
        return np.linalg.norm(found, axis=-1).T

    def _inside(self, inputs):
        return through_time.inside(self.arguments["cell"], self, self.cell, inputs)


def _array(tensor):
    return ops.convert_to_numpy(tensor).astype("float64")
