"""Masks: who may attend to what. `True` means may."""

from keras import ops


def join_masks(
    query,
    key,
    query_mask=None,
    value_mask=None,
    key_mask=None,
    attention_mask=None,
    causal=False,
):
    """One mask that broadcasts to the scores, of all that may forbid a pair.

    Args:
        query: Shape `(batch..., queries, dim)`.
        key: Shape `(batch..., keys, dim)`.
        query_mask: Shape `(batch..., queries)`; a masked query attends to nothing.
        value_mask: Shape `(batch..., keys)`.
        key_mask: Shape `(batch..., keys)`; a key is masked if either says so.
        attention_mask: Shape `(batch..., queries, keys)`, or one that broadcasts to it.
        causal: Whether query i may attend to keys 0 ... i alone.

    Returns:
        Booleans that broadcast to `(batch..., queries, keys)`, or `None` if all may.

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
            _check_fits(name, mask, (*batch, length))
            parts.append(ops.expand_dims(ops.cast(mask, "bool"), axis))
    if attention_mask is not None:
        _check_fits("attention_mask", attention_mask, (*batch, queries, keys))
        parts.append(ops.cast(attention_mask, "bool"))
    if causal:
        parts.append(causal_mask(ops.shape(query)[-2], ops.shape(key)[-2]))
    joined = None
    for part in parts:
        joined = part if joined is None else ops.logical_and(joined, part)
    return joined


def causal_mask(queries, keys):
    """Booleans of shape `(queries, keys)`: query i may attend to keys 0 ... i."""
    return ops.arange(queries)[:, None] >= ops.arange(keys)[None, :]


def _check_fits(name, mask, expected):
    """Each axis must be as expected, 1, or unknown."""
    shape = tuple(mask.shape)
    pairs = zip(shape, expected, strict=False)
    if len(shape) != len(expected) or any(
        None not in (size, wanted) and size not in (1, wanted) for size, wanted in pairs
    ):
        raise ValueError(f"Expected {name} of shape {tuple(expected)}. Received: {shape}")
