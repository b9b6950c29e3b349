"""Heads of tapes: reading and adding to cells at whole positions."""

from collections.abc import Sequence

from keras import ops

from ..argument_types import Tensor
from ..memory_rows import pick


def check_moves(name: str, moves: Sequence[int], fewest: int = 0) -> None:
    """Raise a `ValueError` unless moves are so many different integers, or more."""
    is_list = isinstance(moves, (list, tuple)) and len(set(moves)) == len(moves) >= fewest
    if not is_list or not all(type(move) is int for move in moves):
        raise ValueError(
            f"Expected different integers for {name}, as (-1, 0, 1). Received: {moves!r}"
        )


def offsets_within(radius: int) -> list[int]:
    """Offsets of the cells that a head reads, from left to right."""
    return list(range(-radius, radius + 1))


def cells(tape: Tensor, head: Tensor, offsets: Sequence[int], ring: bool) -> Tensor:
    """The cells of a tape beside a head.

    Args:
        tape: Shape `(batch, cells, width)`.
        head: Its position, `(batch, 1)`.
        offsets: Which cells, counted from the head.
        ring: Whether the cell after the last is the first; otherwise it is the last again.

    Returns:
        Shape `(batch, offsets, width)`.
    """
    return pick(tape, _places(tape, head, offsets, ring))


def added(tape: Tensor, head: Tensor, offsets: Sequence[int], values: Tensor) -> Tensor:
    """A tape, which is a ring, with values `(batch, offsets, width)` added beside a head."""
    places = _places(tape, head, offsets, ring=True)
    one_hot = ops.one_hot(places, ops.shape(tape)[1], dtype=tape.dtype)
    return tape + ops.matmul(ops.swapaxes(one_hot, 1, 2), values)


def largest_index(scores: Tensor) -> Tensor:
    """The first of the largest along the last axis; Keras's `argmax` is not one of ONNX."""
    return ops.top_k(scores, 1)[1][..., 0]


def _places(tape, head, offsets, ring):
    places = ops.cast(head, "int32") + ops.convert_to_tensor(offsets, "int32")
    size = ops.shape(tape)[1]
    return ops.mod(places, size) if ring else ops.clip(places, 0, size - 1)
