"""A learning rate that is constant at first, and then falls to zero."""

import keras


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
