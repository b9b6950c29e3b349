"""Recurrent networks: what is inside of their cells, and their gradients, by definition."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import zoo

CELLS = "elman", "lstm", "gru"
INPUTS = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")


@pytest.fixture(scope="module", params=CELLS)
def model(request):
    keras.utils.set_random_seed(1)
    model = zoo.RecurrentNetwork(3, 2, request.param, units=4)
    random = np.random.default_rng(2)
    model.set_weights([random.normal(size=w.shape) * 0.5 for w in model.weights])
    return model


def last_outputs(model, inputs):
    return ops.convert_to_numpy(model(inputs, training=False))[:, -1].sum(axis=-1)


def test_what_is_inside_gives_the_next_states(model):
    trace = model.trace(INPUTS)
    h = trace["states"]
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    expected = {
        "elman": lambda: h,
        "lstm": lambda: trace["output_gate"] * np.tanh(trace["cells"]),
        "gru": lambda: (
            trace["update_gate"] * before + (1 - trace["update_gate"]) * trace["candidates"]
        ),
    }[model.arguments["cell"]]()
    np.testing.assert_allclose(expected, h, atol=1e-6)
    kernel, bias = (ops.convert_to_numpy(w) for w in model.read_out.weights)
    np.testing.assert_allclose(h @ kernel + bias, trace["outputs"], atol=1e-6)
    assert all(len(array) == 2 and array.shape[1] == 6 for array in trace.values())


def test_gradients_are_those_of_finite_differences(model):
    norms = model.gradient_norms(INPUTS)
    assert norms.shape == (2, 6)
    step, found = 1e-2, np.zeros((2, 6, 3))
    for t in range(6):
        for feature in range(3):
            more, less = INPUTS.copy(), INPUTS.copy()
            more[:, t, feature] += step
            less[:, t, feature] -= step
            rise = last_outputs(model, more) - last_outputs(model, less)
            found[:, t, feature] = rise / (2 * step)
    np.testing.assert_allclose(norms, np.linalg.norm(found, axis=-1), rtol=2e-2, atol=2e-4)


def test_a_stream_gives_what_the_sequence_gives(model):
    state, outputs = model.initial_state(2), []
    for t in range(6):
        output, state = model.step(ops.convert_to_tensor(INPUTS[:, t]), state)
        outputs.append(ops.convert_to_numpy(output))
    whole = ops.convert_to_numpy(model(INPUTS, training=False))
    np.testing.assert_allclose(np.stack(outputs, axis=1), whole, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cell": "lstn"}, "cell.*Received: 'lstn'"),
        ({"units": 0}, "units"),
        ({"input_units": 0}, "input_units"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        zoo.RecurrentNetwork(**{"input_units": 3, "output_units": 2, **arguments})


def test_pictures(model):
    trace = model.trace(INPUTS)
    if model.arguments["cell"] == "elman":
        with pytest.raises(ValueError, match="Expected a trace with gates"):
            zoo.figures.gates(trace)
    else:
        figure = zoo.figures.gates(trace, 1, [*"abcdef"], np.zeros((6, 2)))
        names = [axis.get_title(loc="left") for axis in figure.axes]
        count = sum(name.endswith("_gate") for name in trace)
        assert sum(name.endswith(" gate") for name in names) == count
    figure = zoo.figures.gradients_by_distance({"ours": model.gradient_norms(INPUTS)})
    (line,) = figure.axes[0].lines
    assert line.get_ydata()[0] == pytest.approx(model.gradient_norms(INPUTS)[:, -1].mean())
