import numpy as np

from keras_memory.zoo import figures


def retrievals(steps, every, seen=()):
    """A trace of weights at `seen`, a dictionary of (now, microstate)."""
    weights = np.zeros((2, steps, steps // every), "float32")
    for (now, slot), weight in dict(seen).items():
        weights[1, now, slot] = weight
    return {"weights": weights, "stored": every * np.arange(1, steps // every + 1) - 1}


def test_retrieval_map(png):
    trace = retrievals(9, 2, {(4, 0): 0.7, (8, 3): 1.0})
    figure = figures.retrieval_map(trace, example=1, symbols=[*"ab", *" " * 6, "c"])
    axis, bar = figure.axes
    image = axis.images[0]
    np.testing.assert_allclose(image.get_array(), trace["weights"][1].T)
    assert image.get_extent() == [-0.5, 8.5, -0.5, 7.5]  # step 7 is stored, 8 is not
    assert image.origin == "lower"
    assert axis.get_xlim() == axis.get_ylim() == (-0.5, 8.5)
    assert (axis.get_xlabel()[:3], axis.get_ylabel()[:4]) == ("now", "then")
    assert bar.get_ylabel() == "weight"
    above = {text.get_text(): text.xy[0] for text in axis.texts[::2]}
    beside = {text.get_text(): text.xy[1] for text in axis.texts[1::2]}
    assert above == beside == {"a": 0, "b": 1, "c": 8}
    assert png(figure).startswith(b"\x89PNG")


def test_retrievals_of_many_steps_are_all_visible():
    trace = retrievals(1020, 1, {(1019, 3): 0.6, (500, 499): 0.8})
    symbols = [*"27182", *" " * 1015]
    (axis, _) = figures.retrieval_map(trace, example=1, symbols=symbols).axes
    image = np.asarray(axis.images[0].get_array())
    assert max(image.shape) <= 300
    _, right, _, top = axis.images[0].get_extent()
    for now, then, weight in ((1019, 3, 0.6), (500, 499, 0.8)):
        row = int((then + 0.5) / (top + 0.5) * image.shape[0])
        column = int((now + 0.5) / (right + 0.5) * image.shape[1])
        np.testing.assert_allclose(image[row, column], weight)
    assert np.count_nonzero(image) == 2
    assert [text.get_text() for text in axis.texts] == ["27182"] * 2
    assert axis.texts[0].xy[0] == 2  # their middle


def test_retrievals_where_nothing_is_stored(png):
    figure = figures.retrieval_map(retrievals(4, 5))
    assert not np.any(figure.axes[0].images[0].get_array())
    assert png(figure).startswith(b"\x89PNG")
