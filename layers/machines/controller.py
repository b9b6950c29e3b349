"""The controller of a memory cell, of whatever kind it is."""

from collections.abc import Mapping

import keras

from ..argument_types import Tensor
from ..time_loop import check_rnn_cell


class Controller:
    """An RNN cell, a stack of them, or a layer without state, with its states by name.

    A view without weights: the memory cell holds the layer itself. Dropout is as Keras has
    it: the masks of a cell are sampled once a sequence, by `MemoryRNN`.

    Args:
        layer: `keras.layers.LSTMCell(units)`, `StackedRNNCells`, `Dense(units)`, a
            `Sequential` of such layers, and the like.
        name: What the names of its states begin with.

    Raises:
        ValueError: It is not a cell or a layer that has `units`.
    """

    def __init__(self, layer: keras.layers.Layer, name: str = "controller") -> None:
        if hasattr(layer, "state_size"):
            check_rnn_cell(layer)
        elif _units_of(layer) is None:
            raise ValueError(
                f"Expected a {name}: a cell, as keras.layers.LSTMCell(8), or a layer of "
                f"units, as keras.layers.Dense(8). Received: {layer}"
            )
        self.layer = layer
        self.name = name

    @property
    def units(self) -> int:
        """Width of h_t."""
        return getattr(self.layer, "output_size", None) or _units_of(self.layer)

    @property
    def state_sizes(self) -> list[int]:
        """Sizes of its states; none for a feed-forward controller."""
        return keras.tree.flatten(getattr(self.layer, "state_size", []))

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        return {f"{self.name}_{i}": (size,) for i, size in enumerate(self.state_sizes)}

    def step(
        self, inputs: Tensor, state: Mapping[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """h_t and its own new states, from the inputs and the state of the memory cell."""
        own = [state[name] for name in self.state_shapes]
        if not own:
            return self.layer(inputs), {}
        states = keras.tree.pack_sequence_as(self.layer.state_size, own)
        hidden, states = self.layer(inputs, states, training=training)
        return hidden, dict(zip(self.state_shapes, keras.tree.flatten(states), strict=True))


def _units_of(layer):
    """Of a model, those of its last layer that has units."""
    layers = reversed(getattr(layer, "layers", [layer]))
    return next((part.units for part in layers if hasattr(part, "units")), None)
