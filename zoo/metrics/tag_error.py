"""The fraction of tags that are wrong."""

from typing import Any

import keras

from ...layers.argument_types import Tensor


@keras.saving.register_keras_serializable(package="keras_memory")
class TagError(keras.metrics.SparseCategoricalAccuracy):
    """The fraction of targets that are not the class of the largest logit.

    A metric that falls as a model learns, so that the epoch of the lowest is the best one.

    Example:

    >>> metric = TagError()
    >>> metric.update_state([0, 1, 1, 1], [[2.0, 1.0]] * 4)
    >>> float(metric.result())
    0.75
    """

    def __init__(self, name: str = "tag_error", dtype: str | None = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def result(self) -> Tensor:
        return 1 - super().result()

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}
