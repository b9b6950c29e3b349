"""Heads: reading from and writing to a memory matrix, at weights over its slots.

Sections 3.1 and 3.2 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401).
"""

from keras import ops

from ..argument_types import Tensor
from ..arrays import takes_arrays


@takes_arrays
def read_memory(memory: Tensor, weights: Tensor) -> Tensor:
    """r = Σ_i w(i) M(i): what the read heads see; equation 2 of the paper.

    Args:
        memory: M, shape `(batch, slots, memory_width)`.
        weights: w, one row a head, shape `(batch, heads, slots)`.

    Returns:
        r, shape `(batch, heads, memory_width)`.

    Example:

    >>> memory, weights = keras.ops.eye(3)[None], keras.ops.array([[[0.25, 0.75, 0.0]]])
    >>> print(keras.ops.convert_to_numpy(read_memory(memory, weights)))
    [[[0.25 0.75 0.  ]]]
    """
    return ops.einsum("bhn,bnm->bhm", weights, memory)


@takes_arrays
def write_memory(memory: Tensor, weights: Tensor, erase: Tensor, add: Tensor) -> Tensor:
    """M'(i) = M(i) Π_h [1 - w_h(i) e_h] + Σ_h w_h(i) a_h; equations 3 and 4 of the paper.

    All heads erase before any adds, so their order makes no difference.

    Args:
        memory: M, shape `(batch, slots, memory_width)`.
        weights: w, one row a head, shape `(batch, heads, slots)`.
        erase: e in [0, 1], shape `(batch, heads, memory_width)`.
        add: a, shape `(batch, heads, memory_width)`.

    Returns:
        M', shape `(batch, slots, memory_width)`.

    Example:

    >>> memory, slot_1 = keras.ops.ones((1, 2, 3)), keras.ops.array([[[0.0, 1.0]]])
    >>> erase, add = keras.ops.ones((1, 1, 3)), keras.ops.array([[[5.0, 6.0, 7.0]]])
    >>> print(keras.ops.convert_to_numpy(write_memory(memory, slot_1, erase, add)))
    [[[1. 1. 1.]
      [5. 6. 7.]]]
    """
    for head in range(weights.shape[1]):
        erased = weights[:, head, :, None] * erase[:, head, None, :]
        memory = memory * (1 - erased)
    return memory + ops.einsum("bhn,bhm->bnm", weights, add)
