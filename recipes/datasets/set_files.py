"""Bags of items with a label each, out of a user's own file, of any of four formats."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .animal_images.animal_images_dataset_builder import read_bags
from .stored_rows import in_groups
from .tables import numbers_of, read_csv, read_table

FORMATS = {".csv": "csv", ".data": "musk", ".mat": "mat", ".parquet": "parquet"}
LEAST_OF_MUSK = 4  # columns: molecule, conformation, a feature, the class
MOST_CLASSES = 1000


class Bag(NamedTuple):
    label: str
    items: np.ndarray  # (items, features), float32


def read_own_bags(
    path: str, format: str = "", bag: str = "bag", label: str = "label"
) -> Iterator[Bag]:
    """The bags in a file of any size, in the order of their first items.

    Args:
        path: The file.
        format: `"csv"`, a row for each item: its bag, the label of the bag, and numbers;
            `"parquet"`, such a table; `"musk"`, the form of the Musk data at UCI, rows
            without names of molecule, conformation, features and class; or `"mat"`, a data
            set of PRTools. If empty, by the ending of the file's name: `.csv`, `.parquet`,
            `.data` or `.mat`.
        bag: The name of the column of bags.
        label: The name of the column of labels.

    Raises:
        ValueError: There is no such file, a row is malformed, or a bag has two labels; the
            message names file and row.
        ImportError: `"parquet"` without the package pyarrow.
    """
    format = format or FORMATS.get(Path(path).suffix.lower(), "")
    if not format:
        raise ValueError(
            f"Expected a file that ends with {', '.join(FORMATS)}, or its format. Received: "
            f"{path}"
        )
    if not Path(path).exists():
        raise ValueError(f"Expected a file of bags. Received: {path}, no such file")
    if format == "mat":
        for _, items, number in read_bags(path, None, MOST_CLASSES):
            yield Bag(str(number + 1), items)
        return
    rows = _of_musk(path) if format == "musk" else _of_table(path, bag, label, format)
    is_empty = True
    for runs in in_groups(_runs(rows), lambda run: run[1]):
        for source, name, found, _ in runs:
            _check_label(source, name, found, runs[0][2])
        is_empty = False
        yield Bag(runs[0][2], np.concatenate([items for *_, items in runs]))
    if is_empty:
        raise ValueError(f"{path}: Expected bags. Received: none")


def _of_table(path, bag, label, format):
    for source, named, numbers in read_table(path, (bag, label), format):
        yield source, *named, numbers


def _of_musk(path) -> Iterator[tuple]:
    width = None
    for source, values in read_csv(path):
        width = width or len(values)
        if len(values) != width or width < LEAST_OF_MUSK:
            raise ValueError(
                f"{source}: Expected a molecule, a conformation, features and a class, as "
                f"many in each row. Received: {len(values)} columns"
            )
        bag, label = values[0].strip(), values[-1].strip().removesuffix(".")
        yield source, bag, label, numbers_of(values[2:-1], source)


def _runs(rows):
    """Rows of one bag that follow each other: where they begin, bag, label and items."""
    for bag, run in itertools.groupby(rows, lambda row: row[1]):
        run = [*run]
        for source, _, label, _ in run:
            if not bag or not label:
                raise ValueError(
                    f"{source}: Expected a bag and its label. Received: {bag!r}, {label!r}"
                )
            _check_label(source, bag, label, run[0][2])
        first, _, label, _ = run[0]
        yield first, bag, label, np.stack([numbers for *_, numbers in run]).astype("float32")


def _check_label(source, bag, label, expected):
    if label != expected:
        raise ValueError(
            f"{source}: Expected label {expected!r} of bag {bag!r}, as before. Received: "
            f"{label!r}"
        )
