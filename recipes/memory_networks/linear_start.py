"""The schedule of a linear start (Sukhbaatar et al., 2015, section 4.2)."""

from collections.abc import Mapping
from typing import Any

import keras


class LinearStartSchedule(keras.callbacks.Callback):
    """Linear start: epochs without the soft-max, then with it, at a rate that is halved.

    Args:
        learning_rate: Before the first halving, of a loss that is summed over the batch.
        batch_size: Questions in a batch.
        linear_epochs: Epochs without the soft-max.
        halving_epochs: Epochs with it after which the learning rate is halved, each time.

    Example:

    >>> from keras_memory import recipes
    >>> (schedule,) = recipes.get("memn2n_babi", task=1).callbacks(history=[])
    >>> schedule.linear_epochs, schedule.halving_epochs
    (4, 5)
    """

    def __init__(
        self, learning_rate: float, batch_size: int, linear_epochs: int, halving_epochs: int
    ) -> None:
        super().__init__()
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.linear_epochs = linear_epochs
        self.halving_epochs = halving_epochs

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if self.linear_epochs:
            self.model.selection.linear.assign(epoch < self.linear_epochs)
        halvings = max(0, epoch - self.linear_epochs) // self.halving_epochs
        # As in `sgd_of_sum`.
        rate = self.learning_rate * self.batch_size * 0.5**halvings
        self.model.optimizer.learning_rate = rate
