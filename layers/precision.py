"""Half precision is for storage and matrix products; weights over slots need more.

And what is large stays finite: a sum of products that overflow is ∞ - ∞, which is NaN.
"""

import keras
from keras import ops

from .argument_types import Tensor

LARGEST = 1e10  # products of such numbers with those of 1e20, and their sums, are finite


def wide_dtype(dtype: str) -> str:
    """The float dtype that is at least float32 and at least as wide as `dtype`."""
    return keras.backend.result_type(dtype, "float32")


def widen(tensor: Tensor) -> Tensor:
    """Cast a float tensor to float32, unless it is that wide already."""
    return ops.cast(tensor, wide_dtype(tensor.dtype))


def bounded(tensor: Tensor) -> Tensor:
    """Numbers of at most `LARGEST`: their products with others of up to 1e20 are finite.

    Its gradient is 1 everywhere, for which nothing has to be kept or compared.
    """
    constant = ops.stop_gradient(tensor)
    return ops.clip(constant, -LARGEST, LARGEST) + (tensor - constant)
