"""The accuracy at the end of a sequence."""

from typing import Any

import keras
from keras import ops

from ...layers.validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class LastStepsAccuracy(keras.metrics.Mean):
    """Accuracy over the last steps of sequences alone.

    Takes labels `(batch, steps)` and logits `(batch, steps, classes)`. With sample weights
    `(batch, steps)`, the last steps of a sequence are those before its padding, all steps
    after which have weight 0.

    Args:
        steps: How many steps count.

    Raises:
        ValueError: `steps` is not a positive integer.

    Example:

    >>> metric = LastStepsAccuracy(steps=1)
    >>> metric.update_state([[1, 1, 0]], keras.ops.one_hot([[0, 0, 0]], 2))
    >>> float(metric.result())
    1.0
    """

    def __init__(self, steps: int, name: str = "accuracy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        check_positive("steps", steps)
        self.steps = steps

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        predicted = ops.argmax(y_pred, axis=-1)
        is_right = predicted == ops.cast(ops.convert_to_tensor(y_true), predicted.dtype)
        if sample_weight is None or len(sample_weight.shape) == 1:
            return super().update_state(is_right[:, -self.steps :], sample_weight)
        weight = ops.convert_to_tensor(sample_weight)
        step = 1 + ops.arange(ops.shape(weight)[1], dtype="int32")
        end = ops.max(ops.where(weight != 0, step, 0), axis=1, keepdims=True)
        return super().update_state(is_right, ops.where(step > end - self.steps, weight, 0))

    def get_config(self):
        return {**super().get_config(), "steps": self.steps}
