"""Points and an answer that points back at them, out of a user's own file."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .pointing import parsed_line
from .reading import read_lines
from .stored_rows import in_groups
from .tables import LARGEST_NUMBER, numbers_of, read_table

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".txt": "text"}


class Pointing(NamedTuple):
    points: np.ndarray  # (n, dim), float64
    places: np.ndarray  # of the points that answer: indices from 0
    source: str  # where it is, as a message names it


def read_own_pointers(
    path: str,
    format: str = "",
    first: int = 0,
    dim: int = 2,
    group: str = "group",
    order: str = "order",
) -> Iterator[Pointing]:
    """The examples in a file.

    Args:
        path: The file.
        format: `"jsonl"`, a JSON object a line, of `points`, lists of coordinates, and
            `answer`, a list of their numbers; `"csv"`, a row for each point: its group, its
            place in the answer, or nothing, and its coordinates; `"parquet"`, such a table;
            or `"text"`, the form of the paper's authors, as `0.1 0.2 0.9 0.2 output 1 2 1`.
            If empty, by the ending of the file's name: `.jsonl`, `.csv`, `.parquet` or
            `.txt`.
        first: The number of the first point, 0 or 1, in answers of lines.
        dim: Coordinates of a point, in the authors' form.
        group: The name of the column of groups.
        order: The name of the column of places in the answer.

    Raises:
        ValueError: There is no such file, or a line is malformed; the message names file and
            line.
        ImportError: `"parquet"` without the package pyarrow.
    """
    format = format or FORMATS.get(Path(path).suffix.lower(), "")
    if not format:
        raise ValueError(
            f"Expected a file that ends with {', '.join(FORMATS)}, or its format. Received: "
            f"{path}"
        )
    if not Path(path).exists():
        raise ValueError(f"Expected a file of points. Received: {path}, no such file")
    if format in ("csv", "parquet"):
        found = _of_table(path, format, (group, order))
    else:
        found = _of_lines(path, format, first, dim)
    before = None
    for example in found:
        width = example.points.shape[1]
        before = before or width
        if width != before:
            raise ValueError(
                f"{example.source}: Expected points of {before} coordinates, as before. "
                f"Received: {width}"
            )
        yield example
    if before is None:
        raise ValueError(f"{path}: Expected points and answers. Received: none")


def _of_lines(path, format, first, dim):
    for row, line in enumerate(read_lines(path), start=1):
        source = f"{path}:{row}"
        try:
            found = _of_json(line) if format == "jsonl" else parsed_line(line, dim)
        except ValueError as error:
            raise ValueError(
                f"{source}: Expected {error}. Received: {line.strip()[:80]!r}"
            ) from None
        points, numbers = found
        if not all(first <= number < first + len(points) for number in numbers):
            raise ValueError(
                f"{source}: Expected numbers of points, from {first} to "
                f"{first + len(points) - 1} with numbered_from={first}. Received: "
                f"{str(numbers)[:80]}"
            )
        yield Pointing(points, np.array(numbers, int) - first, source)


def _of_json(line):
    try:
        found = json.loads(line)
        points, numbers = found["points"], found["answer"]
        rows = [row if isinstance(row, list) else [row] for row in points]
        flat = [x for row in rows for x in row]
        # A comparison with NaN is false.
        fits = all(type(x) in (int, float) and abs(x) <= LARGEST_NUMBER for x in flat)
        fits = fits and len(flat) > 0 and len({len(row) for row in rows}) == 1
        fits = fits and isinstance(numbers, list) and all(type(n) is int for n in numbers)
    except (ValueError, TypeError, KeyError, RecursionError):
        fits = False
    if not fits:
        raise ValueError(
            "an object of points, lists of as many finite coordinates, and answer, a list of "
            "their numbers"
        )
    return np.array(rows, "float64"), numbers


def _of_table(path, format, names):
    for runs in in_groups(_runs(read_table(path, names, format)), lambda run: run[0]):
        (group, ((first, _), *_), _), *_ = runs
        places = {}
        for number, (source, order) in enumerate(itertools.chain(*(run[1] for run in runs))):
            if not order:
                continue
            place = _whole(order, source)
            if place in places:
                raise ValueError(
                    f"{source}: Expected each place in the answer once in group {group!r}. "
                    f"Received: {order} again"
                )
            places[place] = number
        ranks = sorted(places)
        start = ranks[0] if ranks else 0
        if start not in (0, 1) or ranks != list(range(start, start + len(ranks))):
            raise ValueError(
                f"{first}: Expected places in the answer from 0 or 1 on, without a gap, "
                f"in group {group!r}. Received: {str(ranks)[:80]}"
            )
        answer = np.array([places[rank] for rank in ranks], int)
        yield Pointing(np.concatenate([run[2] for run in runs]), answer, first)


def _runs(rows):
    """Rows of one group that follow each other: group, where and place of each, points."""
    for group, run in itertools.groupby(rows, lambda row: row.named[0]):
        places, points = [], []
        for source, (_, order), numbers in run:
            if not group:
                raise ValueError(f"{source}: Expected a group. Received: none")
            places.append((source, order))
            points.append(numbers)
        yield group, places, np.stack(points)


def _whole(text, source):
    number = numbers_of([text], source)[0]
    if number != round(number):
        raise ValueError(
            f"{source}: Expected a whole number, the place in the answer. Received: {text!r}"
        )
    return int(number)
