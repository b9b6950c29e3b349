"""Half precision is for storage and matrix products; weights over slots need more."""

import keras
from keras import ops


def wide_dtype(dtype):
    """The float dtype that is at least float32 and at least as wide as `dtype`."""
    return keras.backend.result_type(dtype, "float32")


def widen(tensor):
    """Cast a float tensor to float32, unless it is that wide already."""
    return ops.cast(tensor, wide_dtype(tensor.dtype))
