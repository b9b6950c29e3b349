"""The model alone; what all models promise is in tests/conformance."""

import numpy as np
import pytest

from keras_memory import zoo

SIZES = {
    "input_units": 3,
    "output_units": 2,
    "controller_units": 6,
    "memory_slots": 7,
    "memory_width": 5,
    "num_heads": 2,
    "k_top": 3,
}


def test_trace(rng):
    inputs = rng.normal(size=(4, 6, 3)).astype("float32")
    model = zoo.SAM(**SIZES)
    trace = model.trace(inputs)
    assert {name: values.shape for name, values in trace.items()} == {
        "inputs": (4, 6, 3),
        "outputs": (4, 6, 2),
        "adds": (4, 6, 2, 5),
        "reads": (4, 6, 2, 5),
        "write_weights": (4, 6, 2, 7),
        "read_weights": (4, 6, 2, 7),
        "idle_steps": (4, 6, 7),
        "memory": (4, 6, 7, 5),
    }
    assert ((trace["read_weights"] > 0).sum(-1) == 3).all()
    reads = np.einsum("bthn,btnw->bthw", trace["read_weights"], trace["memory"])
    np.testing.assert_allclose(trace["reads"], reads, atol=1e-5)
    zoo.figures.memory_tape(trace)


def test_it_learns(rng):
    bits = rng.integers(0, 2, (64, 4, 3)).astype("float32")
    model = zoo.SAM(**SIZES)
    model.optimizer.learning_rate = 1e-2
    history = model.fit(bits, bits[..., :2], epochs=10, batch_size=16, verbose=0)
    losses = history.history["loss"]
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"k_top": 8}, "Expected k_top of at most memory_slots=7. Received: 8"),
        ({"num_heads": 0}, "Expected a positive integer for num_heads. Received: 0"),
        ({"controller": "gru"}, "'lstm', 'feedforward' for controller. Received: 'gru'"),
    ],
)
def test_bad_input(arguments, error):
    with pytest.raises(ValueError, match=error):
        zoo.SAM(**{**SIZES, **arguments})
