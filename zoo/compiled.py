"""Functions of a model and of arrays, compiled as its `predict` is."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops


class Compiled(keras.Model):
    """A function that uses a model, compiled once for each shape of its arrays.

    Op by op, each step of a loop would wait for Python on TensorFlow, and each op for a
    compilation of its own on JAX.

    Args:
        model: The model whose weights the function reads.
        function: From tensors, in a dictionary, a tuple or alone, to tensors, a tree of them.
    """

    def __init__(self, model: keras.Model, function: Callable[[Any], Any]) -> None:
        super().__init__(name=f"{model.name}_compiled")
        self._model, self._function = model, function
        self._known = list(model.variables)
        self.built = True
        # JAX has nothing else; on TensorFlow, XLA compiles a loop for longer than it runs.
        self.jit_compile = keras.backend.backend() == "jax"

    @property
    def is_current(self) -> bool:
        """Whether the variables of the model are those of before: not after quantisation."""
        now = self._model.variables
        same = (a is b for a, b in zip(now, self._known, strict=False))
        return len(now) == len(self._known) and all(same)

    def call(self, inputs):
        return self._function(inputs)

    def arrays(self, inputs: Any) -> Any:
        """What the function gives, as NumPy arrays."""
        found = self.predict_on_batch(tensors(inputs))
        return keras.tree.map_structure(ops.convert_to_numpy, found)


def tensors(inputs: Any) -> Any:
    """Tensors of the arrays of a dictionary, of a tuple with trees in it, or of one."""
    if isinstance(inputs, dict):
        return {name: ops.convert_to_tensor(x) for name, x in inputs.items()}
    if isinstance(inputs, tuple):
        return keras.tree.map_structure(ops.convert_to_tensor, inputs)
    return ops.convert_to_tensor(inputs)


def have_values(inputs: Any) -> bool:
    """Whether tensors have values: inside of a graph that is being made, they have not."""
    try:
        for tensor in keras.tree.flatten(inputs):
            np.shape(ops.convert_to_numpy(tensor))
    except (NotImplementedError, TypeError):
        return False
    return True
