"""A learning rate that is constant at first, and then falls to zero."""

from typing import ClassVar

import keras
from pydantic import Field, NonNegativeInt

from .argument_types import Callbacks, Fields, History
from .recipe import Recipe, recipe_dataclass


def falling_rate(
    learning_rate: float, epochs: int, decay_epochs: int
) -> keras.callbacks.Callback:
    """The callback that sets it at every epoch.

    Args:
        learning_rate: The rate at first.
        epochs: How many there are.
        decay_epochs: The last of them, over which it falls.
    """

    def rate(epoch, _):
        return learning_rate * min(1, (epochs - epoch) / (decay_epochs + 1))

    return keras.callbacks.LearningRateScheduler(rate)


@recipe_dataclass
class FallingRate(Recipe):
    """A recipe with a field `learning_rate`, which falls to zero in the last epochs."""

    decay_epochs: NonNegativeInt | None = Field(
        None,
        description="last epochs, over which the learning rate falls to zero; a share of "
        "all if absent",
    )

    decay_share: ClassVar[float] = 2 / 3

    def defaults(self) -> Fields:
        return {**super().defaults(), "decay_epochs": round(self.decay_share * self.epochs)}

    def __post_init__(self):
        super().__post_init__()
        if self.decay_epochs > self.epochs:
            raise ValueError(
                f"Expected decay_epochs up to epochs={self.epochs}. Received: "
                f"{self.decay_epochs}"
            )

    def callbacks(self, history: History) -> Callbacks:
        return [falling_rate(self.learning_rate, self.epochs, self.decay_epochs)]
