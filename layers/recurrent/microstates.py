"""A memory that a loop over time reads and writes, and whose gradient needs no copy of it.

TensorFlow and JAX save, for each step of a loop, what its backward pass reads. Of the rows of
a memory that are read, and of those that are written, it needs the indices alone: these
functions have gradients that read no more. PyTorch, which has no such loop, needs none.

A row is written once, before it is read, but for one that is never read: a row for what
is not to be stored. So the gradient by a row before it was written does not matter.
"""

import keras
from keras import ops

from ..argument_types import Tensor


def recall(memory: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of a memory, and the memory to continue with.

    Args:
        memory: Shape `(batch, rows, width)`.
        indices: Integers of shape `(batch, k)`, all different within an example.

    Returns:
        `(rows, memory)`: the rows, `(batch, k, width)`, and the memory as it is, through
        which the gradient of all that is read later comes in.
    """

    if keras.backend.backend() == "torch":
        return _rows(memory, indices), memory

    @ops.custom_gradient
    def function(memory, indices):
        def pull_back(*upstream):
            to_read, to_memory = _flat(upstream)
            to_rows = _rows(to_memory, indices) + to_read
            return _replace(to_memory, indices, to_rows), None

        return (_rows(memory, indices), memory), pull_back

    return function(memory, indices)


def store(memory: Tensor, index: Tensor, row: Tensor) -> Tensor:
    """The memory with a row for each example of the batch written to it.

    Args:
        memory: Shape `(batch, rows, width)`.
        index: Integers of shape `(batch, 1)`.
        row: Shape `(batch, 1, width)`.
    """

    if keras.backend.backend() == "torch":
        return _replace(memory, index, row)

    @ops.custom_gradient
    def function(memory, index, row):
        def pull_back(*upstream):
            (to_memory,) = _flat(upstream)
            return to_memory, None, _rows(to_memory, index)

        return _replace(memory, index, row), pull_back

    return function(memory, index, row)


def _rows(memory, indices):
    # One index a row, where `take_along_axis` has one a number.
    rows = ops.take(_flattened(memory), _flat_indices(memory, indices), axis=0)
    return ops.reshape(rows, (*ops.shape(indices), memory.shape[-1]))


def _replace(memory, indices, rows):
    flat_indices = _flat_indices(memory, indices)[:, None]
    new = ops.scatter_update(_flattened(memory), flat_indices, _flattened(rows))
    return ops.reshape(new, ops.shape(memory))


def _flat_indices(memory, indices):
    """Indices of rows among those of the whole batch."""
    first = ops.shape(memory)[1] * ops.arange(ops.shape(indices)[0], dtype=indices.dtype)
    return ops.reshape(first[:, None] + indices, (-1,))


def _flattened(rows):
    return ops.reshape(rows, (-1, rows.shape[-1]))


def _flat(upstream):
    """Upstream gradients, which JAX hands over as one tuple."""
    return upstream[0] if isinstance(upstream[0], (list, tuple)) else upstream
