"""Dynamic allocation: which slots of a memory are free, and which are freed.

Methods, "Dynamic memory allocation", of
[Graves et al., 2016](https://doi.org/10.1038/nature20101).
"""

from keras import ops

from ..argument_types import Tensor
from ..arrays import takes_arrays
from ..memory_rows import pick_entries

# δ: usage lies in [δ, 1], so that the logarithms of products are finite.
LEAST_USAGE = 1e-6

LEVELS = 2**12  # of usage, in whose order slots are allocated
LARGEST_INTEGER = 2**31 - 1


@takes_arrays
def retention(free_gates: Tensor, read_weights: Tensor) -> Tensor:
    """ψ_t(i) = Π_r (1 - f^r w^r_{t-1}(i)): how much of each slot no head has freed.

    Args:
        free_gates: f in [0, 1], one a read head, shape `(batch, heads)`.
        read_weights: w^r of the step before, shape `(batch, heads, slots)`.

    Returns:
        ψ in [0, 1], shape `(batch, slots)`.

    Example:

    >>> read = keras.ops.array([[[1.0, 0.0, 0.0]]])  # one head, which read slot 0
    >>> print(keras.ops.convert_to_numpy(retention(keras.ops.array([[0.75]]), read)))
    [[0.25 1.   1.  ]]
    """
    return ops.prod(1 - free_gates[..., None] * read_weights, axis=-2)


@takes_arrays
def slot_usage(usage: Tensor, write_weights: Tensor, retained: Tensor) -> Tensor:
    """u_t = (u_{t-1} + w^w_{t-1} - u_{t-1} w^w_{t-1}) ψ_t: written to, and not freed.

    Args:
        usage: u of the step before, in [0, 1], shape `(batch, slots)`.
        write_weights: w^w of the step before, shape `(batch, slots)`.
        retained: ψ, of `retention`, shape `(batch, slots)`.

    Returns:
        u, shape `(batch, slots)`.

    Example:

    >>> usage, written = keras.ops.array([[1.0, 0, 0]]), keras.ops.array([[0, 0.5, 0]])
    >>> retained = keras.ops.array([[0.25, 1.0, 1.0]])
    >>> print(keras.ops.convert_to_numpy(slot_usage(usage, written, retained)))
    [[0.25 0.5  0.  ]]
    """
    return (usage + write_weights - usage * write_weights) * retained


@takes_arrays
def allocation_weights(usage: Tensor) -> Tensor:
    """a(φ_j) = (1 - u(φ_j)) Π_{i<j} u(φ_i), φ the slots from the least used to the most.

    All the weight is on a slot that is free, the first of several; the more of all are used,
    the less weight there is. Gradients take the order φ for constant, as the paper's do.
    Slots whose usage rounds to the same of 4,096 levels are in their order, so that the
    rounding of a backend does not choose between them.

    Args:
        usage: u in [0, 1], shape `(batch, slots)`.

    Returns:
        a, shape `(batch, slots)`; its sum is at most 1.

    Example:

    >>> weights = allocation_weights(keras.ops.array([[1.0, 0.5, 0.25]]))
    >>> print(keras.ops.convert_to_numpy(weights).round(3))
    [[0.    0.125 0.75 ]]
    """
    order = _by_usage(usage)  # φ
    used = LEAST_USAGE + (1 - LEAST_USAGE) * pick_entries(usage, order)
    logarithms = ops.log(used)
    before = ops.exp(ops.cumsum(logarithms, axis=-1) - logarithms)  # Π_{i<j} u(φ_i)
    return pick_entries((1 - used) * before, ops.argsort(order, axis=-1))


def _by_usage(usage):
    """Indices of the slots, the least used first; those that tie are in their order."""
    slots = usage.shape[-1]
    levels = min(LEVELS, LARGEST_INTEGER // slots - 1)
    level = ops.cast(ops.round(levels * ops.clip(usage, 0, 1)), "int32")
    # One sort of integers, level by level, in each by slot.
    return ops.sort(level * slots + ops.arange(slots, dtype="int32"), axis=-1) % slots
