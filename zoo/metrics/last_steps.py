"""The accuracy at the end of a sequence."""

from typing import Any

import keras
from keras import ops

from ...layers.validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class LastStepsAccuracy(keras.metrics.Mean):
    """Accuracy over the last steps of sequences alone.

    Takes labels `(batch, steps)` and logits `(batch, steps, classes)`.

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
        predicted = ops.argmax(y_pred[:, -self.steps :], axis=-1)
        targets = ops.cast(ops.convert_to_tensor(y_true)[:, -self.steps :], predicted.dtype)
        if sample_weight is not None and len(sample_weight.shape) > 1:
            sample_weight = sample_weight[:, -self.steps :]
        return super().update_state(predicted == targets, sample_weight)

    def get_config(self):
        return {**super().get_config(), "steps": self.steps}
