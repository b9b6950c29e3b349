"""Rows of numbers as a user types them: `0.1,0.2 0.3,0.4`, or in JSON."""

import itertools
import json

import numpy as np


def typed_rows(what: str, typed: str, example: str, width: int) -> np.ndarray:
    """Numbers `(rows, width)`, as float64.

    Args:
        what: What the rows are, as a message names them.
        typed: The numbers of a row with commas between, and the rows with spaces; or lists
            of JSON, `[[0.1, 0.2], [0.3, 0.4]]`.
        example: Of what is to be typed, of any width.
        width: Numbers in a row.

    Raises:
        ValueError: It is something else, or a number is not finite.
    """
    try:
        if typed.lstrip().startswith("["):
            rows = json.loads(typed)
        else:
            rows = [[float(x) for x in row.split(",")] for row in typed.split()]
        found = np.array(rows, "float64").reshape(len(rows), width)
    except (TypeError, ValueError, RecursionError):
        rows = (itertools.cycle(row.split(",")) for row in example.split())
        example = " ".join(",".join(itertools.islice(row, width)) for row in rows)
        raise ValueError(
            f"Expected {what}, as {example!r}. Received: {typed!r:.90}"
        ) from None
    with np.errstate(over="ignore"):
        fits = np.isfinite(found.astype("float32")).all()
    if not fits:
        raise ValueError(f"Expected finite numbers of {what}. Received: {typed!r:.90}")
    return found
