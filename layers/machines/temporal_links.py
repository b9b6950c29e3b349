"""Temporal links: in which order slots were written to.

Methods, "Temporal memory linkage", of
[Graves et al., 2016](https://doi.org/10.1038/nature20101).
"""

from collections.abc import Mapping

import keras
from keras import ops

from ..argument_types import Tensor
from ..arrays import takes_arrays


class DenseLinks:
    """L as a state of a cell: all slots × slots numbers."""

    def __init__(self, slots: int) -> None:
        self.state_shapes = {"links": (slots, slots)}

    def advance(
        self, state: Mapping[str, Tensor], write_weights: Tensor
    ) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """The new states, f = L_t w^r and b = Lᵀ_t w^r."""
        links, forward, backward = advance_links(
            state["links"], write_weights, state["precedence"], state["read_weights"]
        )
        return {"links": links}, forward, backward


@takes_arrays
def precedence_weights(precedence: Tensor, write_weights: Tensor) -> Tensor:
    """p_t = (1 - Σ_i w^w_t(i)) p_{t-1} + w^w_t: which slot was written to last.

    Args:
        precedence: p of the step before, shape `(batch, slots)`.
        write_weights: w^w of this step, shape `(batch, slots)`.

    Returns:
        p, shape `(batch, slots)`; its sum is at most 1.

    Example:

    >>> last, written = keras.ops.array([[1.0, 0.0]]), keras.ops.array([[0.0, 0.75]])
    >>> print(keras.ops.convert_to_numpy(precedence_weights(last, written)))
    [[0.25 0.75]]
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

    Example:

    Slot 1 is written to after slot 0:

    >>> slot_0, slot_1 = keras.ops.array([[1.0, 0.0]]), keras.ops.array([[0.0, 1.0]])
    >>> links = temporal_links(keras.ops.zeros((1, 2, 2)), slot_1, precedence=slot_0)
    >>> print(keras.ops.convert_to_numpy(links))
    [[[0. 0.]
      [1. 0.]]]
    """
    after, before = write_weights[..., :, None], write_weights[..., None, :]
    links = (1 - after - before) * links + after * precedence[..., None, :]
    return _without_diagonal(links)


@takes_arrays
def follow_links(links: Tensor, read_weights: Tensor) -> tuple[Tensor, Tensor]:
    """f = L w^r and b = Lᵀ w^r: what was written after, and before, what was read.

    Args:
        links: L, shape `(batch, slots, slots)`.
        read_weights: w^r of the step before, shape `(batch, heads, slots)`.

    Returns:
        `(forward, backward)`, each `(batch, heads, slots)`.

    Example:

    Slot 1 was written to after slot 0, which a head reads:

    >>> links = keras.ops.array([[[0.0, 0.0], [1.0, 0.0]]])
    >>> forward, backward = follow_links(links, keras.ops.array([[[1.0, 0.0]]]))
    >>> print(keras.ops.convert_to_numpy(forward), keras.ops.convert_to_numpy(backward))
    [[[0. 1.]]] [[[0. 0.]]]
    """
    return _times(links, read_weights), _times_from_left(read_weights, links)


@takes_arrays
def advance_links(
    links: Tensor, write_weights: Tensor, precedence: Tensor, read_weights: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """`temporal_links`, and `follow_links` along these.

    The gradient is written by hand: of all that is slots × slots, it needs the links before
    alone, and it adds no outer product to a gradient that is then multiplied by a vector.
    Links before have no diagonal, as those that `temporal_links` gives.

    Args:
        links: L of the step before, shape `(batch, slots, slots)`.
        write_weights: w^w of this step, shape `(batch, slots)`.
        precedence: p of the step before, shape `(batch, slots)`.
        read_weights: w^r of the step before, shape `(batch, heads, slots)`.

    Returns:
        `(links, forward, backward)`.

    Example:

    >>> slot_0, slot_1 = keras.ops.array([[1.0, 0.0]]), keras.ops.array([[0.0, 1.0]])
    >>> links, forward, backward = advance_links(
    ...     keras.ops.zeros((1, 2, 2)), slot_1, precedence=slot_0, read_weights=slot_0[None]
    ... )
    >>> print(keras.ops.convert_to_numpy(forward))  # after slot 0 came slot 1
    [[[0. 1.]]]
    """

    def result(links, written, precedence, read):
        links = temporal_links(links, written, precedence)
        return (links, *follow_links(links, read))

    if keras.backend.backend() == "torch":
        return result(links, write_weights, precedence, read_weights)

    @ops.custom_gradient
    def function(links, written, precedence, read):
        def pull_back(*upstream):
            upstream = upstream[0] if len(upstream) == 1 else upstream  # of JAX, one tuple
            return _pull_back(links, written, precedence, read, *upstream)

        return result(links, written, precedence, read), pull_back

    return function(links, write_weights, precedence, read_weights)


def _pull_back(links, written, precedence, read, to_links, to_forward, to_backward):
    """The gradients by L, w^w, p and w^r of those by L_t, f and b.

    All that reaches L_t is Ĝ = G + Σ_h (f'_h w^r_hᵀ + w^r_h b'_hᵀ), without its diagonal.
    """
    w, p = written[..., None, :], precedence[..., None, :]  # one row for all heads
    forward = _times(links, ops.concatenate([read, to_backward, w * to_backward], axis=-2))
    after_read, after, after_written = ops.split(forward, 3, axis=-2)
    backward = _times_from_left(
        ops.concatenate([read, to_forward, w * to_forward], axis=-2), links
    )
    before_read, before, before_written = ops.split(backward, 3, axis=-2)
    ends = to_forward + to_backward

    to_read = (
        (1 - w) * (after + before)
        - (after_written + before_written)
        + w * _dot(p, to_backward)
        + p * _dot(w, to_forward)
        - w * p * ends
    )
    diagonal = ops.diagonal(to_links, axis1=-2, axis2=-1) + ops.sum(read * ends, axis=-2)
    of_precedence = _times(to_links, p) + ops.sum(  # Ĝ p
        to_forward * _dot(read, p) + read * _dot(to_backward, p), axis=-2, keepdims=True
    )
    of_written = _times_from_left(w, to_links) + ops.sum(  # Ĝᵀ w^w
        read * _dot(to_forward, w) + to_backward * _dot(read, w), axis=-2, keepdims=True
    )
    products, ones = to_links * links, ops.ones_like(w)
    sums = _times(products, ones) + _times_from_left(ones, products)
    sums = sums[..., 0, :] + ops.sum(
        to_forward * after_read + read * after + read * before + to_backward * before_read,
        axis=-2,
    )
    outer = to_links
    for h in range(read.shape[-2]):
        outer = outer + to_forward[..., h, :, None] * read[..., h, None, :]
        outer = outer + read[..., h, :, None] * to_backward[..., h, None, :]
    return (
        _without_diagonal((1 - written[..., :, None] - w) * outer),
        of_precedence[..., 0, :] - diagonal * precedence - sums,
        of_written[..., 0, :] - diagonal * written,
        to_read,
    )


def _without_diagonal(links):
    return links * (1 - ops.eye(links.shape[-1], dtype=links.dtype))


def _dot(x, y):
    return ops.sum(x * y, axis=-1, keepdims=True)


def _times(matrix, vectors):
    """Σ_j X(i, j) v_h(j), for each row v_h of `vectors`."""
    # One by one: products with several columns take XLA on a CPU longer.
    heads = range(vectors.shape[-2])
    columns = [ops.matmul(matrix, vectors[..., h, :, None]) for h in heads]
    return ops.stack([column[..., 0] for column in columns], axis=-2)


def _times_from_left(vectors, matrix):
    """Σ_i v_h(i) X(i, j), for each row v_h of `vectors`."""
    heads = range(vectors.shape[-2])
    rows = [ops.matmul(vectors[..., h, None, :], matrix) for h in heads]
    return ops.concatenate(rows, axis=-2)
