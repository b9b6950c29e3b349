"""What methods of recipes take and give, for type checkers and editors."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import keras

if TYPE_CHECKING:
    import keras_tuner  # noqa: F401
    from matplotlib.figure import Figure  # noqa: F401

Split = Literal["train", "validation", "test"]
# By name: arrays, examples along the first axis; fields of a recipe; figures; what a model
# answers to what was typed; pictures.
Arrays: TypeAlias = dict[str, Any]
Fields: TypeAlias = dict[str, Any]
Metrics: TypeAlias = dict[str, float]
Answer: TypeAlias = dict[str, Any]
Figures: TypeAlias = "dict[str, Figure]"
# Inputs, targets and, where there are, weights of the examples.
Batch: TypeAlias = tuple[Any, ...]
# A row an epoch.
History: TypeAlias = list[dict[str, Any]]
Callbacks: TypeAlias = list[keras.callbacks.Callback]
HyperParameters: TypeAlias = "keras_tuner.HyperParameters"
# By patterns of the paths of weights, as `keras.distribution.LayoutMap` takes it.
Layouts: TypeAlias = Mapping[str, tuple[str | None, ...]]
# Of a study: the lines of a table, each by column.
Rows: TypeAlias = list[dict[str, Any]]
