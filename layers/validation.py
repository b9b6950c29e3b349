"""Checks of constructor arguments: what was expected, what was received."""

import math
from collections.abc import Iterable
from typing import Any

from keras import ops

from .argument_types import Shape, Tensor


def check_positive(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is a positive integer."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected a positive integer for {name}. Received: {value!r}")


def check_at_most(name: str, value: Any, of: str, limit: int) -> None:
    """Raise a `ValueError` unless `value` is a positive integer of at most `limit`."""
    check_positive(name, value)
    if value > limit:
        raise ValueError(f"Expected {name} of at most {of}={limit}. Received: {value!r}")


def check_odd(name: str, value: Any) -> None:
    """Raise a `ValueError` unless `value` is an odd positive integer."""
    check_positive(name, value)
    if value % 2 == 0:
        raise ValueError(f"Expected an odd number for {name}. Received: {value!r}")


def check_above_zero(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is a finite number above 0."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < value < math.inf:
        raise ValueError(f"Expected a finite number above 0 for {name}. Received: {value!r}")


def check_fraction(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"Expected a number from 0 to 1 for {name}. Received: {value!r}")


def check_choice(
    name: str, value: object, choices: Iterable[object], other: str = ""
) -> None:
    """Raise a `ValueError` unless `value` is one of `choices`; `other` goes first."""
    if value not in list(choices):
        expected = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"Expected {other}one of {expected} for {name}. Received: {value!r}")


def check_same_width(name: str, query_shape: Shape, key_shape: Shape) -> None:
    """Raise a `ValueError` unless queries and keys have the same last axis."""
    if query_shape[-1] != key_shape[-1]:
        raise ValueError(
            f"Expected queries and keys of the same width for {name}. Received: "
            f"query {tuple(query_shape)}, key {tuple(key_shape)}"
        )


def check_same_batch(
    name: str, query: Shape, value: Shape, key: Shape, rank: int | None = None
) -> None:
    """Raise a `ValueError` unless the shapes are those of queries, values and their keys."""
    fits = len(query) == len(value) == len(key) == (rank or max(3, len(query))) and all(
        None in pair or pair[0] == pair[1]
        for pair in zip((*value[:-2], *value[:-1]), (*query[:-2], *key[:-1]), strict=True)
    )
    if not fits:
        raise ValueError(
            f"Expected query (batch, queries, dim), value (batch, keys, value_dim) and key "
            f"(batch, keys, dim) for {name}. Received: query {tuple(query)}, value "
            f"{tuple(value)}, key {tuple(key)}"
        )


def check_not_negative(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is a number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ValueError(f"Expected a number of 0 or more for {name}. Received: {value!r}")


def check_natural(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is an integer of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"Expected an integer of 0 or more for {name}. Received: {value!r}")


def check_not_empty(layer: str, **tensors: Tensor | None) -> None:
    """Raise a `ValueError` if an axis of a tensor is known to be 0."""
    for name, tensor in tensors.items():
        if tensor is not None and 0 in tuple(tensor.shape):
            raise ValueError(
                f"Expected {name} with no axis of 0 for {layer}. Received: "
                f"{tuple(tensor.shape)}"
            )


def check_range(name: str, numbers: Tensor, highest: int) -> None:
    """Raise a `ValueError` unless all numbers of a tensor are from 0 to `highest`.

    While a graph is traced, a tensor has no numbers yet, and nothing is checked.
    """
    try:
        numbers = ops.convert_to_numpy(numbers)
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # by backend
        return
    outside = numbers[(numbers < 0) | (numbers > highest)]
    if outside.size:
        raise ValueError(
            f"Expected numbers from 0 to {highest} for {name}. Received: {outside[0]}"
        )
