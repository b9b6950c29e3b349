"""Types of fields that several recipes have, and the largest numbers that they take."""

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import pydantic
from pydantic import PositiveInt


def _listed(value):
    if isinstance(value, str):
        value = value.split(",")
    return tuple(value) if isinstance(value, Iterable) else (value,)


# `5`, `"5"` and, as on the command line, `"5,10"` are tuples, too.
COMMA_LIST = pydantic.BeforeValidator(_listed)
Integers = Annotated[tuple[PositiveInt, ...], COMMA_LIST]


def _as_text(value):
    return os.fspath(value) if isinstance(value, os.PathLike) else value


Names = Annotated[tuple[str, ...], COMMA_LIST]

# A path is stored in a run as text.
PathText = Annotated[str, pydantic.BeforeValidator(_as_text)]

# The largest whole numbers of fields: beyond, memory or a lifetime ends.
LARGEST = {
    "seed": 2**32 - 1,
    "train_examples": 10**7,
    "terms": 10**5,
    "length": 10**5,
    "max_length": 10**4,
    "max_sentences": 10**4,
    "distractors": 10**4,
    "draws": 10**4,
    "seeds": 10**4,
    "points": 10**3,
    "max_points": 10**3,
    "hops": 10**3,
}
LARGEST_OF_OTHERS = 10**6


def check_sizes(fields: Mapping[str, Any]) -> None:
    """Refuse whole numbers beyond what any machine has room or time for.

    Raises:
        ValueError: A field has such a number, or several of which one is.
    """
    for name, value in fields.items():
        largest = LARGEST.get(name, LARGEST_OF_OTHERS)
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, int) and number > largest:
                raise ValueError(f"Expected {name} up to {largest}. Received: {number}")
