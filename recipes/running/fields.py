"""Types of fields that several recipes have."""

from collections.abc import Iterable
from typing import Annotated

import pydantic
from pydantic import PositiveInt


def _counts(value):
    if isinstance(value, str):
        value = value.split(",")
    return tuple(value) if isinstance(value, Iterable) else (value,)


# One number of points, or several, also as `5,10`, as on the command line.
PointCounts = Annotated[tuple[PositiveInt, ...], pydantic.BeforeValidator(_counts)]
