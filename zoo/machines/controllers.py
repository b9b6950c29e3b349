"""The controllers of memory machines, by name."""

import keras

from ...layers.validation import check_choice, check_positive

CONTROLLERS = {
    "lstm": keras.layers.LSTMCell,
    "feedforward": lambda units: keras.layers.Dense(units, activation="tanh"),
}


def controller_of(controller: str, controller_units: int) -> keras.layers.Layer:
    """A controller by its name, checked.

    Raises:
        ValueError: The name is unknown, or the units are not a positive integer.
    """
    check_choice("controller", controller, CONTROLLERS)
    check_positive("controller_units", controller_units)
    return CONTROLLERS[controller](controller_units)
