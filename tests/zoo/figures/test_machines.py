import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_memory.zoo import figures


@pytest.fixture(scope="module")
def trace(make_ntm):
    inputs = np.random.default_rng(0).integers(0, 2, size=(2, 9, 3)).astype("float32")
    return make_ntm().trace(inputs)


def panels(figure):
    """The panels by title, without the colour bars."""
    return {axis.get_title("left"): axis for axis in figure.axes if axis.get_title("left")}


def test_memory_tape(trace, png):
    figure = figures.memory_tape(trace)
    assert isinstance(figure, Figure)
    assert {title: axis.get_ylabel() for title, axis in panels(figure).items()} == {
        "Inputs": "channel",
        "Outputs": "bit",
        "Adds": "component",
        "Reads": "component",
        "Write weights": "slot",
        "Read weights": "slot",
    }
    for title in ("Write weights", "Read weights"):
        assert panels(figure)[title].get_xlabel() == "time step"
    assert png(figure).startswith(b"\x89PNG")


def image_of(figure, title):
    return np.asarray(panels(figure)[title].images[0].get_array())


@pytest.mark.parametrize("example", [0, 1])
def test_tape_shows_the_trace(example, trace):
    figure = figures.memory_tape(trace, example)
    np.testing.assert_allclose(image_of(figure, "Inputs"), trace["inputs"][example].T)
    np.testing.assert_allclose(image_of(figure, "Outputs"), trace["outputs"][example].T)
    reads = trace["reads"][example].reshape(9, -1)
    np.testing.assert_allclose(image_of(figure, "Reads"), reads.T)


def test_unvisited_slots_are_left_out(trace):
    weights = np.zeros((2, 9, 2, 50), "float32")
    weights[:, :, :, 20:23] = 1 / 3
    figure = figures.memory_tape({**trace, "write_weights": weights, "read_weights": weights})
    assert image_of(figure, "Write weights").shape == (3, 9)
    assert panels(figure)["Write weights"].get_ylim() == (19.5, 22.5)


def test_slots_are_a_ring(trace):
    weights = np.zeros((2, 9, 2, 50), "float32")
    weights[..., [48, 49, 0, 1]] = [0.2, 0.4, 0.6, 0.8]
    figure = figures.memory_tape({**trace, "write_weights": weights, "read_weights": weights})
    np.testing.assert_allclose(image_of(figure, "Read weights")[:, 0], [0.2, 0.4, 0.6, 0.8])
    assert panels(figure)["Read weights"].get_ylim() == (-2.5, 1.5)


def test_tape_of_heads_that_are_nowhere(trace):
    weights = np.full((2, 9, 2, 50), 0.02, "float32")
    figure = figures.memory_tape({**trace, "write_weights": weights, "read_weights": weights})
    assert image_of(figure, "Write weights").shape == (50, 9)


def test_tape_of_a_machine_without_heads(trace, png):
    """What a machine does not have is left out."""
    figure = figures.memory_tape(
        {name: trace[name] for name in ("inputs", "reads", "outputs")}
    )
    assert list(panels(figure)) == ["Inputs", "Outputs", "Reads"]
    assert png(figure).startswith(b"\x89PNG")
