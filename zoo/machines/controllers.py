"""The controllers of memory machines, by name."""

import keras

CONTROLLERS = {
    "lstm": keras.layers.LSTMCell,
    "feedforward": lambda units: keras.layers.Dense(units, activation="tanh"),
}
