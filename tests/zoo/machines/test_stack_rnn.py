"""The model alone; what all models promise is in tests/conformance."""

import numpy as np
import pytest
from keras import ops

from keras_memory import zoo

SIZES = {"symbols": 3, "units": 6, "stacks": 4}


def one_hot(rng, batch, steps):
    return np.eye(3, dtype="float32")[rng.integers(0, 3, (batch, steps))]


@pytest.mark.parametrize("structure", ["stack", "list"])
def test_trace(rng, structure):
    inputs = one_hot(rng, 2, 6)
    trace = zoo.StackRNN(**SIZES, structure=structure).trace(inputs)
    sides, actions = (1, 2) if structure == "stack" else (2, 3)
    assert {name: values.shape for name, values in trace.items()} == {
        "inputs": (2, 6, 3),
        "outputs": (2, 6, 3),
        "actions": (2, 6, 4, actions),
        "units": (2, 6, 6),
        "cells": (2, 6, 4, sides, 6),
    }
    np.testing.assert_array_equal(trace["inputs"], inputs)
    np.testing.assert_allclose(trace["outputs"].sum(-1), 1, atol=1e-5)
    assert set(np.unique(trace["actions"])) == {0, 1}
    # A push of a number, wherever the likeliest action is one, and nothing elsewhere.
    if structure == "stack":
        is_full = trace["cells"][..., 0, :] >= 0
        np.testing.assert_array_equal(is_full[:, 0, :, 0], trace["actions"][:, 0, :, 0] == 1)
    zoo.figures.stack_tape(trace, symbols="abc")


def test_noise_is_of_training_alone(rng):
    inputs = one_hot(rng, 2, 6)
    model = zoo.StackRNN(**SIZES, hard_actions=False, action_noise=3.0)
    once, again = (ops.convert_to_numpy(model(inputs, training=True)) for _ in range(2))
    assert np.abs(once - again).max() > 1e-4
    without = zoo.StackRNN(**SIZES, hard_actions=False, action_noise=0.0)
    without.set_weights(model.get_weights())
    np.testing.assert_allclose(
        ops.convert_to_numpy(model(inputs)), ops.convert_to_numpy(without(inputs)), atol=1e-6
    )


def test_a_stream_goes_on_as_a_sequence(rng):
    inputs = one_hot(rng, 2, 6)
    model = zoo.StackRNN(**SIZES)
    expected, state = ops.convert_to_numpy(model(inputs)), model.initial_state(2, steps=6)
    for t in range(6):
        logits, state = model.step(inputs[:, t], state)
        np.testing.assert_allclose(ops.convert_to_numpy(logits), expected[:, t], atol=1e-5)


def test_it_learns(rng):
    symbols = np.tile([0, 0, 1, 2], (32, 3))
    model = zoo.StackRNN(**SIZES)
    history = model.fit(
        np.eye(3)[symbols[:, :-1]], symbols[:, 1:], epochs=8, batch_size=8, verbose=0
    )
    losses = history.history["loss"]
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"stacks": 0}, "Expected a positive integer for stacks. Received: 0"),
        ({"action_noise": -1.0}, "Expected a number of 0 or more for action_noise"),
        ({"structure": "heap"}, "'stack', 'list' for structure. Received: 'heap'"),
        ({"symbols": 0}, "Expected a positive integer for input_units. Received: 0"),
    ],
)
def test_bad_input(arguments, error):
    with pytest.raises(ValueError, match=error):
        zoo.StackRNN(**{**SIZES, **arguments})
