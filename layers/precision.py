"""Half precision is for storage and matrix products; weights over slots need more.

And what is large stays finite: a sum of products that overflow is ∞ - ∞, which is NaN.
"""

import keras
from keras import ops

from .argument_types import Tensor

LARGEST = 1e17  # the sum of thousands of products of such numbers is finite in float32


def wide_dtype(dtype: str) -> str:
    """The float dtype that is at least float32 and at least as wide as `dtype`."""
    return keras.backend.result_type(dtype, "float32")


def widen(tensor: Tensor) -> Tensor:
    """Cast a float tensor to float32, unless it is that wide already."""
    return ops.cast(tensor, wide_dtype(tensor.dtype))


def bounded(tensor: Tensor) -> Tensor:
    """Numbers of at most `LARGEST`, of which sums of products are finite."""
    return ops.clip(tensor, -LARGEST, LARGEST)
