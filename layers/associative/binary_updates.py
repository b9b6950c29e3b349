"""How the units of a Hopfield network, which are ±1, follow their fields.

s_i ← sign(Σ_j w_ij s_j + b_i); a field of 0 leaves its unit as it is.
"""

from keras import ops

UPDATES = "asynchronous", "synchronous"
TIE = 1e-5  # fields this close to 0 are rounding
BLOCK = 32  # units whose fields are computed in one product
FEW = 8


def sign(field, before):
    """±1 as the field says; as before where it says nothing."""
    return ops.where(ops.abs(field) <= TIE, before, ops.sign(field))


def settled(update, states, limit, *others):
    """Update until nothing changes.

    Once no more than one state in FEW goes on, it alone is updated: a slow one does not hold
    up the others.

    Args:
        update: From states, the number of the update and `others` to the next states.
        states: Shape `(batch, units)`.
        limit: Updates at most.
        *others: What there is besides of each state, the batch along the first axis.

    Returns:
        The last states; `(batch,)`, how many updates changed something; and `(batch,)`, the
        period: 1 at a fixed point, 2 in a cycle of two states, 0 where the limit came first.
    """
    none = ops.zeros_like(states[:, 0], "int32")
    few = (ops.shape(states)[0] + FEW - 1) // FEW
    first = ops.zeros((), "int32")
    step, *all_ = _settled(update, limit, few, others, (first, states, states, none, none))
    rows = ops.argsort(ops.cast(all_[2] != 0, "int32"))[:few]
    others = [ops.take(other, rows, axis=0) for other in others]
    some = [ops.take(each, rows, axis=0) for each in all_]
    _, *some = _settled(update, limit, 0, others, (step, *some))
    states, _, period, updates = (
        ops.scatter_update(each, rows[:, None], again)
        for each, again in zip(all_, some, strict=True)
    )
    return states, updates, period


def _settled(update, limit, few, others, carried):
    """`(step, states, states before, period, updates)` when no more than `few` go on."""

    def some_go_on(step, states, before, period, updates):
        number = ops.sum(ops.cast(period == 0, "int32"))
        return ops.logical_and(step < limit, number > few)

    def go_on(step, states, before, period, updates):
        moves = period == 0
        after = ops.where(moves[:, None], update(states, step, *others), states)
        is_fixed = ops.all(after == states, axis=-1)
        is_cycle = ops.logical_and(step > 0, ops.all(after == before, axis=-1))
        ended = ops.cast(ops.where(is_fixed, 1, ops.where(is_cycle, 2, 0)), "int32")
        updates = updates + ops.cast(
            ops.logical_and(moves, ops.logical_not(is_fixed)), "int32"
        )
        return step + 1, after, states, ops.where(moves, ended, period), updates

    return ops.while_loop(some_go_on, go_on, carried)


def synchronous(states, couplings, bias):
    """All units at once, `(batch, units)`."""
    return sign(ops.matmul(states, couplings) + bias, states)


def asynchronous(states, couplings, bias, order):
    """One unit after the other, in that order, each seeing what the others are by then.

    The fields of a block of units are one product; a unit that turns corrects those of its
    block that come after it.
    """
    batch, units = ops.shape(states)[0], couplings.shape[0]
    size = min(BLOCK, units)
    blocks = -(-units // size)
    # Units that follow each other lie together; those that fill up are never turned.
    rest = [0, blocks * size - units]
    couplings = ops.pad(ops.take(ops.take(couplings, order, 0), order, 1), [rest, rest])
    states = ops.pad(ops.take(ops.transpose(states), order, 0), [rest, [0, 0]])
    bias = ops.pad(
        ops.take(ops.broadcast_to(ops.transpose(bias), (units, batch)), order, 0),
        [rest, [0, 0]],
    )

    def turn_block(k, states):
        start = k * size
        rows = ops.slice(couplings, (start, 0), (size, blocks * size))
        within = ops.slice(rows, (0, start), (size, size))
        fields = ops.matmul(rows, states) + ops.slice(bias, (start, 0), (size, batch))
        block = ops.slice(states, (start, 0), (size, batch))

        def turn_unit(i, carried):
            fields, block = carried
            before = ops.slice(block, (i, 0), (1, batch))
            after = sign(ops.slice(fields, (i, 0), (1, batch)), before)
            column = ops.slice(within, (0, i), (size, 1))
            fields = fields + column * (after - before)
            return fields, ops.slice_update(block, (i, 0), after)

        _, block = ops.fori_loop(0, size, turn_unit, (fields, block))
        return ops.slice_update(states, (start, 0), block)

    states = ops.fori_loop(0, blocks, turn_block, states)
    return ops.transpose(ops.take(states, ops.argsort(order), 0))
