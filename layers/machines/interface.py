"""The interface of a memory cell: what its heads take from the controller."""

import math
from collections.abc import Mapping

from keras import ops

from ..argument_types import Tensor


def interface_width(sizes: Mapping[str, tuple[int, ...]]) -> int:
    """How many numbers parameters of these shapes are."""
    return sum(math.prod(shape) for shape in sizes.values())


def split_interface(flat: Tensor, sizes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """The parameters by name, each `(..., *shape)`, of numbers `(..., interface_width)`."""
    parts, start = {}, 0
    for name, shape in sizes.items():
        part = flat[..., start : start + math.prod(shape)]
        parts[name] = ops.reshape(part, (*ops.shape(flat)[:-1], *shape))
        start += math.prod(shape)
    return parts
