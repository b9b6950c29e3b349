"""Temporal links: in which order slots were written to.

Methods, "Temporal memory linkage", of
[Graves et al., 2016](https://doi.org/10.1038/nature20101).
"""

from keras import ops

from ..argument_types import Tensor
from ..arrays import takes_arrays


@takes_arrays
def precedence_weights(precedence: Tensor, write_weights: Tensor) -> Tensor:
    """p_t = (1 - Σ_i w^w_t(i)) p_{t-1} + w^w_t: which slot was written to last.

    Args:
        precedence: p of the step before, shape `(batch, slots)`.
        write_weights: w^w of this step, shape `(batch, slots)`.

    Returns:
        p, shape `(batch, slots)`; its sum is at most 1.
    """
    written = ops.sum(write_weights, axis=-1, keepdims=True)
    return (1 - written) * precedence + write_weights


@takes_arrays
def temporal_links(links: Tensor, write_weights: Tensor, precedence: Tensor) -> Tensor:
    """L_t(i, j) = (1 - w^w(i) - w^w(j)) L_{t-1}(i, j) + w^w(i) p_{t-1}(j), L(i, i) = 0.

    L(i, j) is how much slot i was written to just after slot j.

    Args:
        links: L of the step before, shape `(batch, slots, slots)`.
        write_weights: w^w of this step, shape `(batch, slots)`.
        precedence: p of the step before, shape `(batch, slots)`.

    Returns:
        L, shape `(batch, slots, slots)`; rows and columns sum to at most 1.
    """
    after, before = write_weights[..., :, None], write_weights[..., None, :]
    links = (1 - after - before) * links + after * precedence[..., None, :]
    return links * (1 - ops.eye(links.shape[-1], dtype=links.dtype))


@takes_arrays
def follow_links(links: Tensor, read_weights: Tensor) -> tuple[Tensor, Tensor]:
    """f = L w^r and b = Lᵀ w^r: what was written after, and before, what was read.

    Args:
        links: L, shape `(batch, slots, slots)`.
        read_weights: w^r of the step before, shape `(batch, heads, slots)`.

    Returns:
        `(forward, backward)`, each `(batch, heads, slots)`.
    """
    # Sums, head by head: products of matrices, here of one row each, take XLA on a CPU twice
    # as long.
    heads = range(read_weights.shape[-2])
    forward = [ops.sum(links * read_weights[..., h, None, :], axis=-1) for h in heads]
    backward = [ops.sum(links * read_weights[..., h, :, None], axis=-2) for h in heads]
    return ops.stack(forward, axis=-2), ops.stack(backward, axis=-2)
