"""Rows of a memory that a loop over time reads and writes, with gradients that need no copy.

TensorFlow and JAX save, for each step of a loop, what its backward pass reads. Of the rows of
a memory that are read, and of those that are written, it needs the indices alone: these
functions have gradients that read no more. PyTorch, which has no such loop, needs none.

But for `pick`, all indices of an example are different.
"""

import keras
from keras import ops

from .argument_types import Tensor


def recall(memory: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of a memory, and the memory to continue with.

    Args:
        memory: Shape `(batch, rows, width)`.
        indices: Integers of shape `(batch, k)`.

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
            return _added(to_memory, indices, to_read), None

        return (_rows(memory, indices), memory), pull_back

    return function(memory, indices)


def pick(memory: Tensor, indices: Tensor) -> Tensor:
    """Rows of a memory, of which several may be the same.

    As `ops.take_along_axis` with one index a row, whose gradient XLA does not compile in a
    loop of TensorFlow where the size of the batch is unknown.

    Args:
        memory: Shape `(batch, rows, width)`.
        indices: Integers of shape `(batch, k)`.

    Returns:
        The rows, `(batch, k, width)`.
    """
    if keras.backend.backend() == "torch":
        return _rows(memory, indices)
    rows = ops.shape(memory)[1]

    @ops.custom_gradient
    def function(memory, indices):
        def pull_back(*upstream):
            (to_rows,) = _flat(upstream)
            batch, flat = ops.shape(to_rows)[0], _flat_indices(rows, indices)
            summed = ops.segment_sum(_flattened(to_rows), flat, num_segments=batch * rows)
            return ops.reshape(summed, (batch, rows, memory.shape[-1])), None

        return _rows(memory, indices), pull_back

    return function(memory, indices)


def pick_entries(weights: Tensor, indices: Tensor) -> Tensor:
    """Of weights `(..., size)` those at integers `(..., k)`, along the last axis."""
    shape = ops.shape(indices)
    rows = ops.reshape(weights, (-1, weights.shape[-1], 1))
    return ops.reshape(pick(rows, ops.reshape(indices, (-1, indices.shape[-1]))), shape)


def store(memory: Tensor, indices: Tensor, rows: Tensor) -> Tensor:
    """The memory with rows of each example in the place of those that were there.

    Args:
        memory: Shape `(batch, rows, width)`.
        indices: Integers of shape `(batch, k)`.
        rows: Shape `(batch, k, width)`.
    """

    if keras.backend.backend() == "torch":
        return _replace(memory, indices, rows)

    @ops.custom_gradient
    def function(memory, indices, rows):
        def pull_back(*upstream):
            (to_memory,) = _flat(upstream)
            to_rows = _rows(to_memory, indices)
            return _replace(to_memory, indices, ops.zeros_like(to_rows)), None, to_rows

        return _replace(memory, indices, rows), pull_back

    return function(memory, indices, rows)


def add_rows(memory: Tensor, indices: Tensor, rows: Tensor) -> Tensor:
    """The memory with rows of each example added to those that are there.

    Args:
        memory: Shape `(batch, rows, width)`.
        indices: Integers of shape `(batch, k)`.
        rows: Shape `(batch, k, width)`.
    """

    if keras.backend.backend() == "torch":
        return _added(memory, indices, rows)

    @ops.custom_gradient
    def function(memory, indices, rows):
        def pull_back(*upstream):
            (to_memory,) = _flat(upstream)
            return to_memory, None, _rows(to_memory, indices)

        return _added(memory, indices, rows), pull_back

    return function(memory, indices, rows)


def _added(memory, indices, rows):
    return _replace(memory, indices, _rows(memory, indices) + rows)


def _rows(memory, indices):
    # One index a row, where `take_along_axis` has one a number.
    rows = ops.take(_flattened(memory), _flat_indices(ops.shape(memory)[1], indices), axis=0)
    return ops.reshape(rows, (*ops.shape(indices), memory.shape[-1]))


def _replace(memory, indices, rows):
    flat_indices = _flat_indices(ops.shape(memory)[1], indices)[:, None]
    new = ops.scatter_update(_flattened(memory), flat_indices, _flattened(rows))
    return ops.reshape(new, ops.shape(memory))


def _flat_indices(rows, indices):
    """Indices of rows among those of the whole batch."""
    first = rows * ops.arange(ops.shape(indices)[0], dtype=indices.dtype)
    return ops.reshape(first[:, None] + indices, (-1,))


def _flattened(rows):
    return ops.reshape(rows, (-1, rows.shape[-1]))


def _flat(upstream):
    """Upstream gradients, which JAX hands over as one tuple."""
    return upstream[0] if isinstance(upstream[0], (list, tuple)) else upstream
