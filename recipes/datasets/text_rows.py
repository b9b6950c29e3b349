"""A user's file whose rows are a few texts: CSV, JSON lines, or columns with tabs between."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...zoo.text.plain import composed
from ..running.json_lines import json_object
from .reading import read_lines

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".tsv": "tsv"}


def read_rows(
    path: str, columns: Sequence[str], format: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """The texts of each row, in the order of the columns, and where it is: file and line.

    Texts are composed (NFC), without blanks around them.

    Args:
        path: The file.
        columns: Names of the columns.
        format: `"csv"` or `"tsv"`: the first row may name the columns, which then are in any
            order and may have others among them; or `"jsonl"`, an object of these names a
            line. If empty, by the ending of the file's name: `.csv`, `.tsv` or `.jsonl`.

    Raises:
        ValueError: There is no such file, it has no rows, or a row is malformed; the message
            names file and line.
    """
    format = format or FORMATS.get(Path(path).suffix.lower(), "")
    if not format:
        raise ValueError(
            f"Expected a file that ends with {', '.join(FORMATS)}, or its format. Received: "
            f"{path}"
        )
    if not Path(path).exists():
        raise ValueError(f"Expected a file. Received: {path}, no such file")
    is_empty = True
    for row, received, texts in _named(path, columns, format):
        source = f"{path}:{row}"
        if not texts or not all(_is_text(text) for text in texts):
            raise ValueError(
                f"{source}: Expected {' and '.join(columns)}. Received: {received!r:.90}"
            )
        is_empty = False
        yield source, [composed(text.strip()) for text in texts]
    if is_empty:
        raise ValueError(f"{path}: Expected rows of {' and '.join(columns)}. Received: none")


def _named(path, columns, format):
    """Of each row its line, what is there, and the texts of the columns; `None` if others."""
    if format == "jsonl":
        for row, line in enumerate(read_lines(path), start=1):
            yield row, line, _of_json(line, columns)
        return
    places, width = range(len(columns)), len(columns)
    for row, cells in {"csv": _of_csv, "tsv": _of_tsv}[format](path):
        names = [cell.strip().lower() for cell in cells]
        if row == 1 and set(columns) <= set(names):
            places, width = [names.index(column) for column in columns], len(cells)
            continue
        yield row, cells, [cells[place] for place in places] if len(cells) == width else None


def _of_json(line, columns):
    found = json_object(line)
    if found is None or not set(columns) <= found.keys():
        return None
    values = [found[column] for column in columns]
    # A label may be a whole number.
    return [str(value) if type(value) is int else value for value in values]


def _of_tsv(path):
    for row, line in enumerate(read_lines(path), start=1):
        yield row, line.split("\t")


def _of_csv(path):
    lines = (f"{line}\n" for line in read_lines(path))
    reader = csv.reader(lines, strict=True)
    while True:
        row = reader.line_num + 1  # a cell in quotes may have several lines
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ValueError(f"{path}:{row}: Expected CSV. Received: {error}") from None
        if cells is None:
            return
        yield row, cells


def _is_text(value):
    """Whether it is a text that is not blank."""
    return isinstance(value, str) and bool(value.strip())
