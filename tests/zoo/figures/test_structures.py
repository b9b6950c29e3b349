import numpy as np
import pytest

from keras_memory.zoo import figures


@pytest.fixture
def stack():
    """Three steps, of a room of three: what is pushed last is last."""
    rows = [[0, 0, 0.8], [0, 0.7, 0.5], [0.3, 0, 0.9]]
    return {"strengths_0": np.array(rows)[None, ..., None]}


def test_a_row_is_a_value_from_its_push_on(stack, png):
    figure = figures.strengths(stack)
    image = figure.axes[0].images[0].get_array()
    expected = [[0.8, 0.7, 0.3], [0, 0.5, 0], [0, 0, 0.9]]
    np.testing.assert_allclose(image, expected)
    np.testing.assert_allclose(figure.axes[1].lines[0].get_ydata(), [0.8, 1.2, 1.2])
    assert figure.axes[0].get_ylim() == (-0.5, 2.5)
    assert png(figure).startswith(b"\x89PNG")


def test_a_deque_has_rows_below_the_bottom():
    strengths = np.zeros((1, 2, 2, 2))  # steps, room, ends: top, then bottom
    strengths[0, 0, 1] = [0.9, 0.4]
    strengths[0, 1] = [[0.9, 0.1], [0.6, 0.2]]
    image = figures.strengths({"strengths_0": strengths}).axes[0].images[0].get_array()
    np.testing.assert_allclose(image, [[0, 0.2], [0.4, 0.1], [0.9, 0.9], [0, 0.6]])


def test_values_that_never_have_strength_are_out_of_sight(stack):
    stack["strengths_0"][:, 2, 2] = 0.01
    assert figures.strengths(stack).axes[0].get_ylim() == (-0.5, 1.5)


def test_of_less_room_than_steps(stack):
    trace = {"strengths_0": stack["strengths_0"][:, :, 1:]}
    image = figures.strengths(trace).axes[0].images[0].get_array()
    np.testing.assert_allclose(image, [[0.8, 0.7, 0], [0, 0.5, 0], [0, 0, 0.9]])
