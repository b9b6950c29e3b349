"""What a model answers to many questions at once, question by question."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops


def columns(names: Iterable[str], questions: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """What is typed for each of the names, a list with that of each question."""
    return [[question[name] for question in questions] for name in names]


def row_by_row(found: Mapping[str, Any]) -> list[dict[str, np.ndarray]]:
    """Of arrays or tensors `(batch, ...)` by name, those of each question, a batch of one."""
    arrays = {
        name: ops.convert_to_numpy(x) if ops.is_tensor(x) else np.asarray(x)
        for name, x in found.items()
    }
    size = len(next(iter(arrays.values())))
    return [{name: x[row : row + 1] for name, x in arrays.items()} for row in range(size)]
