import numpy as np

from keras_memory.zoo import figures


def test_a_story_with_its_hops(png):
    weights = np.array([[0.7, 0.1, 0.1, 0.1], [0, 1, 0, 0]])
    figure = figures.story_attention(["Mary went.", "John left."], weights, "Who?")
    (axis,) = figure.axes
    np.testing.assert_allclose(
        axis.images[0].get_array(), [[0.7, 0], [0.1, 1], [0.2, 0]], atol=1e-9
    )
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels == ["Mary went.", "John left.", "(empty slots)"]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["hop 1", "hop 2"]
    assert {text.get_text() for text in axis.texts} == {"0.70", "0.10", "0.20", "1.00"}
    assert png(figure).startswith(b"\x89PNG")
