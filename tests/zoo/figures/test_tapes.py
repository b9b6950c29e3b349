import numpy as np

from keras_memory.zoo import figures

TRACE = {
    "symbols": np.array([[0, 7, 9, 0, 0, 0]]),
    "predicted": np.array([[-1, -1, 9, 7, -1, -1]]),
    "input_head": np.array([[0, 1, 2, 1, 0, 0]]),
    "memory_head": np.array([[0, 1, 2, 2, -1, -1]]),
}


def test_it_shows_heads_and_predictions_up_to_the_last(png):
    figure = figures.tapes(TRACE)
    above, below = figure.axes
    np.testing.assert_array_equal(above.lines[0].get_ydata(), [0, 1, 2, 1])
    np.testing.assert_array_equal(below.lines[0].get_ydata(), [0, 1, 2, 2])
    dots = above.collections[0].get_offsets()
    np.testing.assert_array_equal(dots, [[2, 2], [3, 1]])
    assert [text.get_text() for text in above.texts] == ["9", "7"]
    assert [label.get_text() for label in above.get_yticklabels()] == ["∅", "7", "9"]
    assert png(figure).startswith(b"\x89PNG")


def test_long_tapes_and_machines_without_memory():
    long = {name: np.tile(v, 20) for name, v in TRACE.items() if name != "memory_head"}
    long["input_head"] = np.arange(120)[None]
    (axis,) = figures.tapes(long).axes
    assert axis.get_ylabel() == "cell" and not axis.texts
