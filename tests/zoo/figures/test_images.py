"""Images are plotted with their weights below them."""

import numpy as np
import pytest

from keras_memory.zoo import figures


def test_a_row_for_each_set(rng):
    images = [rng.integers(0, 256, (n, 4, 5)) for n in (3, 2)]
    weights = [np.array([0.7, 0.2, 0.1]), np.array([0.05, 0.95])]
    figure = figures.image_attention(list(zip(images, weights, strict=True)), ["one", "two"])
    rows = figure.subfigs
    assert [row.get_suptitle() for row in rows] == ["one", "two"]
    for row, pictures, numbers in zip(rows, images, weights, strict=True):
        plotted = [axis.images[0].get_array() for axis in row.axes if axis.images]
        np.testing.assert_array_equal(plotted, pictures)
        below = [axis for axis in row.axes if axis.patches]
        assert [axis.texts[0].get_text() for axis in below] == [f"{w:.2f}" for w in numbers]
        widths = [axis.patches[0].get_width() for axis in below]
        assert widths == pytest.approx(list(numbers))


def test_images_of_ink_are_not_negatives():
    sets = [(np.ones((2, 4, 4)), [0.5, 0.5])]
    for given, expected in (({}, "gray"), ({"cmap": "gray_r"}, "gray_r")):
        (axis, *_) = figures.image_attention(sets, **given).axes
        assert axis.images[0].get_cmap().name == expected
