"""Types of fields that several recipes have."""

from collections.abc import Iterable
from typing import Annotated

import pydantic
from pydantic import PositiveInt


def _listed(value):
    if isinstance(value, str):
        value = value.split(",")
    return tuple(value) if isinstance(value, Iterable) else (value,)


# `5`, `"5"` and, as on the command line, `"5,10"` are tuples, too.
COMMA_LIST = pydantic.BeforeValidator(_listed)
Integers = Annotated[tuple[PositiveInt, ...], COMMA_LIST]
