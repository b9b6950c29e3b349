"""Rows of a user's tables, of CSV or Parquet: each fault with the file and the row."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .reading import named_faults, open_file, read_lines

LARGEST_NUMBER = 1e18  # its square is a number in single precision still
AT_ONCE = 1000  # rows of Parquet


class Row(NamedTuple):
    source: str  # where it is, as a message names it
    named: list[str]  # the columns that have a name of their own
    numbers: np.ndarray  # the others, float64


def read_table(path: str, names: Sequence[str], format: str) -> Iterator[Row]:
    """The rows of a table that has columns with these names, and columns of numbers.

    Args:
        path: The file.
        names: Of the columns that are not numbers. Without a first row that has them all,
            they are those of the first columns, in this order.
        format: `"csv"`, or `"parquet"`, of which the package pyarrow is needed.

    Raises:
        ValueError: A row is malformed; the message names file and row.
        ImportError: There is no pyarrow.
    """
    rows = {"csv": read_csv, "parquet": _read_parquet}[format](path)
    width, places = None, range(len(names))
    for source, values in rows:
        if width is None:
            width = len(values)
            titles = [str(value).strip() for value in values]
            if set(names) <= set(titles):
                places = [titles.index(name) for name in names]
                _check_titles(titles, source)
                continue
        if len(values) != width:
            raise ValueError(f"{source}: Expected {width} columns. Received: {len(values)}")
        if width <= len(names):
            raise ValueError(
                f"{source}: Expected columns {', '.join(names)} and numbers. Received: "
                f"{width} columns"
            )
        named = [_text(values[place]) for place in places]
        others = (value for place, value in enumerate(values) if place not in places)
        yield Row(source, named, numbers_of(others, source))


def _check_titles(titles, source):
    for title in titles:
        if titles.count(title) > 1:
            raise ValueError(
                f"{source}: Expected names of columns, each once. Received: {title!r}"
            )


def _text(value):
    return "" if value is None else str(value).strip()


def read_csv(path: str) -> Iterator[tuple[str, list[str]]]:
    """Where each row of a CSV file is, and its values.

    Raises:
        ValueError: A row has a quotation mark in a wrong place; the message names the line.
    """
    for number, line in enumerate(read_lines(path), start=1):
        source = f"{path}:{number}"
        try:
            yield source, next(csv.reader([line], strict=True), [])
        except csv.Error as error:
            raise ValueError(
                f"{source}: Expected values with commas between ({error}). Received: "
                f"{line[:80]!r}"
            ) from None


def _read_parquet(path):
    try:
        import pyarrow.parquet
    except ImportError:
        raise ImportError(
            f"Expected the package that reads {path}: pip install keras-memory[parquet]"
        ) from None
    number = 0
    with open_file(path) as file, named_faults(path, "a table of Parquet"):
        table = pyarrow.parquet.ParquetFile(file)
        yield f"{path}: row {number}", tuple(table.schema_arrow.names)
        for batch in table.iter_batches(AT_ONCE):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield f"{path}: row {number}", row


def numbers_of(values: Iterable[Any], source: str) -> np.ndarray:
    """Numbers, of text or as they are, as float64.

    Raises:
        ValueError: One is not a number, or not finite, or beyond LARGEST_NUMBER.
    """
    values = list(values)
    found = np.array([number_of(value) for value in values])
    fits = np.abs(found) <= LARGEST_NUMBER  # a comparison with NaN is false
    if not fits.all():
        raise ValueError(
            f"{source}: Expected finite numbers, up to {LARGEST_NUMBER:g}. Received: "
            f"{str(values[np.argmin(fits)])[:80]!r}"
        )
    return found


def number_of(value: Any) -> float:
    """A number, of text or as it is; NaN of anything else."""
    try:
        if isinstance(value, str) and ("_" in value or not value.isascii()):
            return np.nan  # which Python reads as numbers
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan
