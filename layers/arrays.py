"""NumPy arrays in place of tensors: converted at the door, as where Keras calls a layer.

TensorFlow and JAX take an array that meets a tensor; PyTorch does not.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops


def takes_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors that takes NumPy arrays, too, also within lists and dictionaries.

    Arrays of floating point get the dtype of the first such tensor beside them, since NumPy
    makes float64 of what has no dtype; without one, that of the widest of them.
    """

    @functools.wraps(function)
    def of_tensors(*args, **kwargs):
        given = keras.tree.flatten((args, kwargs))
        arrays = [value for value in given if isinstance(value, np.ndarray)]
        if arrays:
            tensors = [value for value in given if ops.is_tensor(value)]
            convert = functools.partial(_tensor, dtype=_float_dtype(tensors, arrays))
            args, kwargs = keras.tree.map_structure(convert, (args, kwargs))
        return function(*args, **kwargs)

    return of_tensors


def methods_take_arrays(layer_class: type[keras.layers.Layer]) -> None:
    """All public methods that a class adds to those of `keras.layers.Layer`."""
    for name, method in list(vars(layer_class).items()):
        is_added = not name.startswith("_") and not hasattr(keras.layers.Layer, name)
        if is_added and inspect.isfunction(method):
            setattr(layer_class, name, takes_arrays(method))


def _tensor(value, dtype):
    if not isinstance(value, np.ndarray):
        return value
    return ops.convert_to_tensor(value, dtype if _floats(value) else None)


def _float_dtype(tensors, arrays):
    """That of the first tensor of floating point; else the widest of the arrays."""
    for tensor in tensors:
        if _floats(tensor):
            return keras.backend.standardize_dtype(tensor.dtype)
    floats = [array.dtype for array in arrays if _floats(array)]
    return np.result_type(*floats).name if floats else None


def _floats(value):
    return "float" in keras.backend.standardize_dtype(value.dtype)
