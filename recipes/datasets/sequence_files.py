"""Sequences of numbers and what is to be predicted of each, out of a user's own file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .pattern_files import MOST_NUMBERS, finite_numbers, numbers_of, read_cells
from .reading import LARGEST_ARCHIVE, LARGEST_TEXT, named_faults, open_file

SHAPES = "(sequences, steps) or (sequences, steps, features)"
AT_ONCE = 1000  # rows of an array
# Steps and their features, `(steps, features)`; and a target: a number, or a class's name.
Sequence = tuple[np.ndarray, float | str]


def read_sequences(path: str) -> Iterator[Sequence]:
    """The sequences of a file, in order.

    Args:
        path: `.npz` with arrays `x`, `(sequences, steps)` or `(sequences, steps, features)`,
            `y`, `(sequences,)`, numbers or strings, and perhaps `length`, `(sequences,)`, how
            many steps each has; `.npy`, `(sequences, 1 + steps)`, or `.csv`, of a sequence a
            row, its target first. Rows of CSV may differ in length.

    Raises:
        ValueError: There is no such file, it has no sequences, or one is malformed; the
            message names the file, and the line.
    """
    ending = Path(path).suffix.lower()
    if ending not in READERS:
        raise ValueError(
            f"Expected a file that ends with {', '.join(READERS)}. Received: {path}"
        )
    if not Path(path).exists():
        raise ValueError(f"Expected a file. Received: {path}, no such file")
    yield from READERS[ending](path)


def _of_rows(path):
    is_empty = True
    for source, cells in read_cells(path):
        target = cells[0].strip() if cells else ""
        if not target or len(cells) < 2:
            raise ValueError(
                f"{source}: Expected a target and numbers. Received: {', '.join(cells)!r:.90}"
            )
        # Numbers at the end that are missing are steps that the sequence does not have.
        while len(cells) > 2 and not cells[-1].strip():
            cells = cells[:-1]
        numbers = numbers_of(cells[1:], source)
        is_empty = False
        yield numbers[:, None], target
    if is_empty:
        raise ValueError(f"{path}: Expected rows of a target and numbers. Received: none")


def _of_array(path):
    array = _mapped(path)
    if array.ndim != 2 or array.shape[1] < 2 or array.dtype.kind not in "bfiu":
        raise ValueError(
            f"{path}: Expected numbers (sequences, 1 + steps). Received: {array.dtype} "
            f"{array.shape}"
        )
    for start in range(0, len(array), AT_ONCE):
        # Mapped anew: what was read of the file does not stay in memory.
        part = _mapped(path)[start : start + AT_ONCE]
        for row in finite_numbers(part, path, start):
            yield row[1:, None], float(row[0])


def _mapped(path):
    with open_file(path), named_faults(path, "an array of NumPy"):
        return np.lib.format.open_memmap(path, mode="r")


def _of_arrays(path):
    expected = f"arrays x {SHAPES}, and y (sequences,)"
    with (
        open_file(path, LARGEST_TEXT) as file,
        named_faults(path, expected),
        np.load(file, allow_pickle=False) as arrays,
    ):
        size = sum(member.file_size for member in arrays.zip.infolist())
        if size > LARGEST_ARCHIVE:
            raise ValueError(f"{size:,} bytes, more than {LARGEST_ARCHIVE:,}")
        x, y = arrays["x"], arrays["y"]
        lengths = arrays["length"] if "length" in arrays.files else None
    x = x[..., None] if x.ndim == 2 else x
    fits = x.ndim == 3 and x.size and y.shape == x.shape[:1]
    if not fits or x.dtype.kind not in "bfiu" or y.dtype.kind not in "bfiuU":
        raise ValueError(
            f"{path}: Expected {expected}. Received: x {x.dtype} {x.shape}, y {y.dtype} "
            f"{y.shape}"
        )
    if lengths is None:
        lengths = np.full(y.shape, x.shape[1])
    if x.size > MOST_NUMBERS:
        raise ValueError(
            f"{path}: Expected up to {MOST_NUMBERS:,} numbers. Received: {x.size:,}"
        )
    if lengths.shape != y.shape or lengths.dtype.kind not in "iu":
        raise ValueError(
            f"{path}: Expected whole numbers length {y.shape}. Received: {lengths.dtype} "
            f"{lengths.shape}"
        )
    for row, (steps, target, length) in enumerate(zip(x, y.tolist(), lengths, strict=True)):
        with np.errstate(over="ignore"):
            numbers = steps[: max(length, 0)].astype("float32")
        is_number = not isinstance(target, str)
        if not 1 <= length <= len(steps) or not np.isfinite(numbers).all():
            raise ValueError(
                f"{path}: Expected finite numbers, of 1 to {len(steps)} steps. Received: "
                f"others in row {row}"
            )
        if not (np.isfinite(target) if is_number else target.strip()):
            raise ValueError(
                f"{path}: Expected a finite number or a name for y. Received: {target!r} in "
                f"row {row}"
            )
        yield numbers, float(target) if is_number else target.strip()


READERS = {".csv": _of_rows, ".npy": _of_array, ".npz": _of_arrays}
