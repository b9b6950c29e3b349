import numpy as np
import pytest

from keras_memory.zoo import figures


def test_points_and_their_lines_are_in_the_picture():
    points = [[0, 0], [3, 0], [3, -2], [0.5, 0.5]]
    figure = figures.pointer_predictions(
        [(points, [[0, 1, 2]], [[0, 2, 1]])], titles=["a triangle"]
    )
    (axis,) = figure.axes
    assert axis.get_title() == "a triangle"
    assert axis.get_xlim()[1] > 3
    assert axis.get_ylim()[0] < -2
    closed = [line.get_xydata().tolist() for line in axis.lines[:2]]
    assert closed == [[points[i] for i in way] for way in ([0, 2, 1, 0], [0, 1, 2, 0])]
    assert [text.get_text() for text in axis.texts] == ["1", "2", "3", "4"]


def test_gaps_of_tours_in_percent():
    figure = figures.length_against_gap({"5": [2.0, 3.3]}, {"5": [2.0, 3.0]})
    (line,) = figure.axes[0].lines
    np.testing.assert_allclose(line.get_xydata(), [[2, 0], [3, 10]], atol=1e-6)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("start", [(0, 0), (48_000, 9_000), (-5, 3)])
def test_points_fill_their_panel_whatever_their_unit(scale, start):
    corners = np.array(start) + scale * np.array([[0, 0], [1, 0], [1, 1], [0, 0.5]])
    (axis,) = figures.pointer_predictions([(corners, [[0, 1, 2]], [[0, 1, 2]])]).axes
    for low, high in (axis.get_xlim(), axis.get_ylim()):
        assert high - low == pytest.approx(1.12 * scale, rel=0.01)
    assert axis.get_xlim()[0] < start[0] < start[0] + scale < axis.get_xlim()[1]


def test_points_that_are_equal_have_a_panel():
    (axis,) = figures.pointer_predictions([([[3, 4]] * 3, [[0]], [[0]])]).axes
    low, high = axis.get_xlim()
    assert low < 3 < high
