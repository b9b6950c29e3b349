"""Updates of binary units, ±1, by the signs of their fields, as in a Hopfield network.

s_i ← sign(Σ_j w_ij s_j + b_i); a field of 0 leaves its unit as it is.
"""

from collections.abc import Callable

from keras import ops

from ..argument_types import Tensor

UPDATES = "asynchronous", "synchronous"
TIE = 1e-5  # fields this close to 0 are rounding
BLOCK = 32  # units whose fields are computed in one product
STRAGGLERS = 8  # 1 / the fraction of states that are updated apart from the others


def sign(field: Tensor, before: Tensor) -> Tensor:
    """The sign of the field; the state before where the field is 0."""
    return ops.where(ops.abs(field) <= TIE, before, ops.sign(field))


def settled(
    update: Callable[..., Tensor], states: Tensor, limit: int, *others: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Update until each state is at a fixed point or in a cycle.

    Once no more than one state in STRAGGLERS is unsettled, these alone are updated: slow ones
    do not hold up the others.

    Args:
        update: From states, the number of the update and `others` to the next states.
        states: Shape `(batch, units)`.
        limit: Updates at most.
        *others: Further tensors with a row for each state.

    Returns:
        The last states; `(batch,)`, how many updates changed a unit; and `(batch,)`, the
        period: 1 at a fixed point, 2 in a cycle of two states, 0 where the limit came first.
    """
    zeros = ops.zeros_like(states[:, 0], "int32")
    number = (ops.shape(states)[0] + STRAGGLERS - 1) // STRAGGLERS
    first = (ops.zeros((), "int32"), states, states, zeros, zeros)
    step, *batch = _update_until(update, limit, number, others, first)
    rows = ops.argsort(ops.cast(batch[2] != 0, "int32"))[:number]  # with all stragglers
    others = [ops.take(other, rows, axis=0) for other in others]
    stragglers = [ops.take(tensor, rows, axis=0) for tensor in batch]
    _, *stragglers = _update_until(update, limit, 0, others, (step, *stragglers))
    states, _, period, updates = (
        ops.scatter_update(tensor, rows[:, None], new_rows)
        for tensor, new_rows in zip(batch, stragglers, strict=True)
    )
    return states, updates, period


def _update_until(update, limit, unsettled, others, carried):
    """`(step, states, states before, period, updates)` once `unsettled` states are left."""

    def is_unfinished(step, states, before, period, updates):
        number = ops.sum(ops.cast(period == 0, "int32"))
        return ops.logical_and(step < limit, number > unsettled)

    def update_all(step, states, before, period, updates):
        is_unsettled = period == 0
        after = ops.where(is_unsettled[:, None], update(states, step, *others), states)
        is_fixed = ops.all(after == states, axis=-1)
        is_cycle = ops.logical_and(step > 0, ops.all(after == before, axis=-1))
        new_period = ops.cast(ops.where(is_fixed, 1, ops.where(is_cycle, 2, 0)), "int32")
        has_changed = ops.logical_and(is_unsettled, ops.logical_not(is_fixed))
        updates = updates + ops.cast(has_changed, "int32")
        return step + 1, after, states, ops.where(is_unsettled, new_period, period), updates

    return ops.while_loop(is_unfinished, update_all, carried)


def synchronous(states: Tensor, couplings: Tensor, bias: Tensor) -> Tensor:
    """All units at once, `(batch, units)`."""
    return sign(ops.matmul(states, couplings) + bias, states)


def asynchronous(states: Tensor, couplings: Tensor, bias: Tensor, order: Tensor) -> Tensor:
    """One unit after the other, in that order, each by the current state of the others.

    The fields of a block of units are one product; a unit that flips corrects those of its
    block that come after it.
    """
    batch, units = ops.shape(states)[0], couplings.shape[0]
    size = min(BLOCK, units)
    blocks = -(-units // size)
    # In the order of the updates, padded to whole blocks with units that never flip.
    padding = [0, blocks * size - units]
    couplings = ops.pad(ops.take(ops.take(couplings, order, 0), order, 1), [padding, padding])
    states = ops.pad(ops.take(ops.transpose(states), order, 0), [padding, [0, 0]])
    bias = ops.pad(
        ops.take(ops.broadcast_to(ops.transpose(bias), (units, batch)), order, 0),
        [padding, [0, 0]],
    )

    def update_block(k, states):
        start = k * size
        rows = ops.slice(couplings, (start, 0), (size, blocks * size))
        within = ops.slice(rows, (0, start), (size, size))
        fields = ops.matmul(rows, states) + ops.slice(bias, (start, 0), (size, batch))
        block = ops.slice(states, (start, 0), (size, batch))

        def update_unit(i, carried):
            fields, block = carried
            before = ops.slice(block, (i, 0), (1, batch))
            after = sign(ops.slice(fields, (i, 0), (1, batch)), before)
            column = ops.slice(within, (0, i), (size, 1))
            fields = fields + column * (after - before)
            return fields, ops.slice_update(block, (i, 0), after)

        _, block = ops.fori_loop(0, size, update_unit, (fields, block))
        return ops.slice_update(states, (start, 0), block)

    states = ops.fori_loop(0, blocks, update_block, states)
    return ops.transpose(ops.take(states, ops.argsort(order), 0))
