"""Masks: which keys each query attends to. `True` = may attend."""

import keras
from keras import ops

from .argument_types import Shape, Tensor

LOWEST = -1e30  # the score of a masked key: finite, so that no gradient is NaN
HIGHEST = 1e29  # a lower score than -HIGHEST counts as that: it is above a masked key's


def mask_scores(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Scores, far below all others where `mask`, which broadcasts to them, is `False`."""
    if mask is None:
        return scores
    return ops.where(ops.cast(mask, "bool"), ops.maximum(scores, -HIGHEST), LOWEST)


def zero_masked(vectors: Tensor, *masks: Tensor | None) -> Tensor:
    """Vectors `(batch..., items, dim)`, those of masked items 0: NaN times 0 would be NaN.

    Args:
        vectors: Whatever the masked ones are, the others are as they were.
        *masks: Booleans of shape `(batch..., items)`, or `None`.
    """
    for mask in masks:
        if mask is not None:
            vectors = ops.where(ops.cast(mask, "bool")[..., None], vectors, 0)
    return vectors


def kth_largest(scores: Tensor, k: int) -> Tensor:
    """The k-th largest of each row, shape `(..., 1)`; LOWEST in rows that are shorter.

    Raises:
        ValueError: Rows are known to be shorter than `k`.
    """
    return ops.min(k_largest(scores, k), axis=-1, keepdims=True)


def k_largest(scores: Tensor, k: int) -> Tensor:
    """The k largest of each row, in descending order, filled up with LOWEST."""
    length = scores.shape[-1]
    if not isinstance(length, int):  # unknown, or a symbol of JAX
        filler = ops.full((*ops.shape(scores)[:-1], k), LOWEST, dtype=scores.dtype)
        scores = ops.concatenate([scores, filler], axis=-1)
    elif k > length:
        raise ValueError(f"Expected at least k={k} to choose from. Received: {length}")
    return ops.top_k(scores, k)[0]


def top_indices(scores: Tensor, k: int) -> Tensor:
    """Indices of the k largest of each row, the first of several that are equal.

    Which PyTorch's own `top_k` does not promise.
    """
    if keras.backend.backend() == "torch":
        return ops.argsort(-scores, axis=-1)[..., :k]
    return ops.top_k(scores, k)[1]


def any_item(mask: Tensor | None) -> Tensor | None:
    """Of sequences: which have any item that is not masked. `None` of `None`."""
    return None if mask is None else ops.any(mask, axis=-1)


def of_length(length: Tensor, sequences: Tensor) -> Tensor:
    """A step mask: `True` for the first `length` steps of each sequence, `False` for padding.

    Args:
        length: Integers of shape `(batch,)`.
        sequences: Shape `(batch, steps, ...)`; only the number of steps matters, which need
            not be known before the model runs.

    Returns:
        Booleans of shape `(batch, steps)`.
    """
    first = sequences[(..., *[0] * (len(sequences.shape) - 2))]
    return ops.cumsum(ops.ones_like(first, "int32"), axis=1) <= ops.expand_dims(length, -1)


def join_masks(
    query: Tensor,
    key: Tensor,
    query_mask: Tensor | None = None,
    value_mask: Tensor | None = None,
    key_mask: Tensor | None = None,
    attention_mask: Tensor | None = None,
    causal: bool = False,
    heads: int | None = None,
) -> Tensor | None:
    """One mask that broadcasts to the scores, of all masks of queries, keys and pairs.

    Args:
        query: Shape `(batch..., queries, dim)`.
        key: Shape `(batch..., keys, dim)`.
        query_mask: Shape `(batch..., queries)`; a masked query attends to nothing.
        value_mask: Shape `(batch..., keys)`.
        key_mask: Shape `(batch..., keys)`; a key is masked if either masks it.
        attention_mask: Shape `(batch..., queries, keys)`; leading axes may be 1 or absent.
            With `heads`, also `(batch..., heads, queries, keys)`.
        causal: Whether query i attends to keys 0 ... i alone.
        heads: How many heads there are, if there are any.

    Returns:
        Booleans that broadcast to `(batch..., queries, keys)`, or to `(batch..., heads,
        queries, keys)` if the `attention_mask` has heads, or `None` without any mask.

    Raises:
        ValueError: A mask's shape does not fit.
    """
    batch, queries, keys = query.shape[:-2], query.shape[-2], key.shape[-2]
    parts = []
    for name, mask, length, axis in (
        ("query_mask", query_mask, queries, -1),
        ("value_mask", value_mask, keys, -2),
        ("key_mask", key_mask, keys, -2),
    ):
        if mask is not None:
            check_mask(name, mask, (*batch, length))
            parts.append(ops.expand_dims(ops.cast(mask, "bool"), axis))
    if attention_mask is not None:
        expected, rank = (*batch, queries, keys), max(2, len(attention_mask.shape))
        if heads and rank > len(expected):  # a mask for each head
            expected = (*batch, heads, queries, keys)
            parts = [ops.expand_dims(part, -3) for part in parts]
        check_mask("attention_mask", attention_mask, expected[-rank:])
        parts.append(ops.cast(attention_mask, "bool"))
    if causal:
        parts.append(causal_mask(ops.shape(query)[-2], ops.shape(key)[-2]))
    joined = None
    for part in parts:
        joined = part if joined is None else ops.logical_and(joined, part)
    return joined


def causal_mask(queries: Tensor, keys: Tensor) -> Tensor:
    """Booleans of shape `(queries, keys)`: query i attends to keys 0 ... i."""
    return ops.arange(queries)[:, None] >= ops.arange(keys)[None, :]


def check_mask(name: str, mask: Tensor, expected: Shape) -> None:
    """Raise a `ValueError` unless each axis is as expected, 1, or unknown."""
    shape = tuple(mask.shape)
    pairs = zip(shape, expected, strict=False)
    if len(shape) != len(expected) or any(
        None not in (size, fit) and size not in (1, fit) for size, fit in pairs
    ):
        raise ValueError(f"Expected {name} of shape {tuple(expected)}. Received: {shape}")


def check_broadcasts(name: str, mask: Tensor, expected: Shape) -> None:
    """Raise a `ValueError` unless a mask broadcasts to a shape."""
    expected, rank = tuple(expected), len(mask.shape)
    if rank > len(expected):
        raise ValueError(
            f"Expected {name} of shape {expected}. Received: {tuple(mask.shape)}"
        )
    check_mask(name, mask, expected[len(expected) - rank :])
