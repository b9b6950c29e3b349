"""Look-up by a part of a key: a mask leaves entries of key and memory out.

Section 3.1 of [Csordás & Schmidhuber, 2019](https://arxiv.org/abs/1904.10278).
"""

from keras import ops

from ..argument_types import Tensor
from ..arrays import takes_arrays

EPSILON = 1e-6  # the length under which a vector counts as zero


@takes_arrays
def masked_cosine(key: Tensor, mask: Tensor | None, memory: Tensor) -> Tensor:
    """D(k ⊙ m, M(i) ⊙ m), the cosine similarity of what the mask leaves.

    Computed by products of matrices: nothing has heads × slots × width numbers.

    Args:
        key: k, one a head, shape `(batch, heads, memory_width)`.
        mask: m in [0, 1], of the key's shape; `None`: the plain cosine similarity.
        memory: M, shape `(batch, slots, memory_width)`.

    Returns:
        Scores in [-1, 1], shape `(batch, heads, slots)`.

    Example:

    >>> key, first = keras.ops.array([[[1.0, 9.0]]]), keras.ops.array([[[1.0, 0.0]]])
    >>> memory = keras.ops.array([[[1.0, -9.0], [0.0, 1.0]]])  # compared by the first entry
    >>> print(keras.ops.convert_to_numpy(masked_cosine(key, first, memory)).round(3))
    [[[1. 0.]]]
    """
    if mask is None:
        overlap = ops.einsum("bhw,bnw->bhn", key, memory)
        return overlap * _inverse_norm(key)[..., None] * _inverse_norm(memory)[:, None]
    square = ops.square(mask)
    overlap = ops.einsum("bhw,bnw->bhn", key * square, memory)
    key_norm = ops.sum(ops.square(key) * square, axis=-1, keepdims=True)  # |k ⊙ m|²
    slot_norm = ops.einsum("bhw,bnw->bhn", square, ops.square(memory))  # |M(i) ⊙ m|²
    return overlap * ops.rsqrt(key_norm + EPSILON**2) * ops.rsqrt(slot_norm + EPSILON**2)


def _inverse_norm(vectors):
    return ops.rsqrt(ops.sum(ops.square(vectors), axis=-1) + EPSILON**2)
