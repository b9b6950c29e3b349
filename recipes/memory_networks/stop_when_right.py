"""The end of training where nothing is left to learn."""

from collections.abc import Mapping
from typing import Any

import keras

from ..running.argument_types import History


class StopWhenRight(keras.callbacks.Callback):
    """Stops after so many epochs in a row without a wrong validation answer.

    Args:
        history: The epochs so far, a row each, to which every epoch adds its own.
        epochs: How many.
        metric: The column of the accuracy.
    """

    def __init__(self, history: History, epochs: int, metric: str = "val_accuracy") -> None:
        super().__init__()
        self.history = history
        self.epochs = epochs
        self.metric = metric

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        last = self.history[-self.epochs :]
        is_right = [row[self.metric] == 1 for row in last]
        if len(is_right) == self.epochs and all(is_right):
            self.model.stop_training = True
