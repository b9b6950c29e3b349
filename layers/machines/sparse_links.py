"""Temporal links of some slots alone: of each row of L the largest entries.

After "Sparse link matrix" in the Methods of
[Graves et al., 2016](https://doi.org/10.1038/nature20101) and the sparse differentiable
neural computer of [Rae et al., 2016](https://arxiv.org/abs/1610.09027).
"""

from collections.abc import Mapping

from keras import ops

from ..argument_types import Tensor
from ..masks import top_indices
from ..memory_rows import pick, pick_entries, recall, store

# An index is stored as two digits: half precision has no integer above 256 for certain.
BASE = 256
MOST_SLOTS = BASE**2


class SparseLinks:
    """Of each slot, the slots that were written to just before it, and just after it.

    L_t(i, j) = (1 - ŵ(i) - ŵ(j)) L_{t-1}(i, j) + ŵ(i) p̂(j), L(i, i) = 0

    with ŵ and p̂ the `count` largest entries of w^w_t and of p_{t-1}, 0 elsewhere. Of each
    row of L and of Lᵀ, the `count` largest entries are stored: all of them while a slot
    follows so many others at most. The choice of the largest has no gradient.

    Time and memory are linear in the slots. With as many entries as slots, it is the dense
    matrix.

    Args:
        slots: N, rows of the memory.
        count: K, entries of a row.
    """

    def __init__(self, slots: int, count: int) -> None:
        self.slots = slots
        self.count = count

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        entries = (self.slots, self.count, 3)  # a link, and the digits of its slot
        return {"links_before": entries, "links_after": entries}

    def advance(
        self, state: Mapping[str, Tensor], write_weights: Tensor
    ) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """The new states, f = L_t w^r and b = Lᵀ_t w^r.

        Args:
            state: That of the cell, of the step before.
            write_weights: w^w of this step, shape `(batch, slots)`.
        """
        written = _largest(write_weights, self.count)  # ŵ
        precedence = _largest(state["precedence"], self.count)  # p̂
        before = self._updated(state["links_before"], written, written, precedence)
        after = self._updated(state["links_after"], written, precedence, written)
        return (
            {"links_before": before, "links_after": after},
            self._followed(before, state["read_weights"]),
            self._followed(after, state["read_weights"]),
        )

    def _updated(self, entries, written, rows, columns):
        """The entries of all rows, with the products of `rows` and `columns` among them."""
        weights = self._spread(*written)
        left = 1 - weights[..., None] - self._at(weights, _slots(entries))
        links = ops.maximum(left, 0) * entries[..., 0]
        entries = ops.concatenate([links[..., None], entries[..., 1:]], axis=-1)

        row, row_weights = rows
        flat = ops.reshape(entries, (-1, self.slots, 3 * self.count))
        old, _ = recall(flat, row)
        old = ops.reshape(old, (-1, self.count, self.count, 3))
        best = _merged(old, row, row_weights, *columns)
        flat = store(flat, row, ops.reshape(best, (-1, self.count, 3 * self.count)))
        return ops.reshape(flat, (-1, self.slots, self.count, 3))

    def _followed(self, entries, read_weights):
        """Σ_j L(i, j) w^r(j) of each head, over the entries of a row."""
        links, slots = entries[..., 0], _slots(entries)
        heads = range(read_weights.shape[1])
        found = [ops.sum(links * self._at(read_weights[:, h], slots), -1) for h in heads]
        return ops.stack(found, axis=1)

    def _at(self, weights, slots):
        """Of weights `(batch, slots)` those at indices `(batch, slots, K)`."""
        flat = ops.reshape(slots, (-1, self.slots * self.count))
        found = pick_entries(weights, flat)
        return ops.reshape(found, (-1, self.slots, self.count))

    def _spread(self, indices, weights):
        """Weights `(batch, slots)`, 0 but at indices."""
        nothing = ops.zeros((ops.shape(weights)[0], self.slots, 1), weights.dtype)
        return store(nothing, indices, weights[..., None])[..., 0]


def _merged(entries, row, row_weights, column, column_weights):
    """The largest entries of rows, of those that they have and of the new ones.

    Args:
        entries: Of the rows, shape `(batch, K, K, 3)`.
        row: Indices of the rows, shape `(batch, K)`.
        row_weights: Their weights.
        column: Indices of the columns that the new entries are in, shape `(batch, K)`.
        column_weights: Their weights.
    """
    links, slots = entries[..., 0], _slots(entries)
    new = row_weights[..., None] * column_weights[:, None]
    new = ops.where(row[..., None] == column[:, None], 0, new)  # L(i, i) = 0
    # A slot that has a link already: the new one is added to it.
    is_old = (slots[..., None] == column[:, None, None]) & (links[..., None] > 0)
    links = links + ops.sum(ops.where(is_old, new[:, :, None], 0), axis=-1)
    new = ops.where(ops.any(is_old, axis=-2), 0, new)

    digits = [ops.cast(x, links.dtype) for x in (column // BASE, column % BASE)]
    digits = ops.broadcast_to(
        ops.stack(digits, axis=-1)[:, None], ops.shape(entries[..., 1:])
    )
    entries = ops.concatenate(
        [
            ops.concatenate([links[..., None], entries[..., 1:]], axis=-1),
            ops.concatenate([new[..., None], digits], axis=-1),
        ],
        axis=-2,
    )
    count = column.shape[-1]
    best = ops.cast(top_indices(entries[..., 0], count), "int32")
    best = pick(ops.reshape(entries, (-1, 2 * count, 3)), ops.reshape(best, (-1, count)))
    return ops.reshape(best, (-1, count, count, 3))


def _largest(weights, count):
    """Indices of the largest weights, and these."""
    indices = ops.cast(top_indices(weights, count), "int32")
    return indices, pick_entries(weights, indices)


def _slots(entries):
    return ops.cast(BASE * entries[..., 1] + entries[..., 2], "int32")
