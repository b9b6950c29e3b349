import numpy as np
import pytest

from keras_memory.zoo import figures

STEPS, SYMBOLS, STACKS, DEPTH = 5, 3, 6, 4


@pytest.fixture
def trace(rng):
    cells = rng.random((2, STEPS, STACKS, 1, DEPTH))
    cells[..., 2:] = -1
    return {
        "inputs": np.eye(SYMBOLS)[rng.integers(0, SYMBOLS, (2, STEPS))],
        "outputs": rng.dirichlet(np.ones(SYMBOLS), (2, STEPS)),
        "actions": rng.dirichlet(np.ones(2), (2, STEPS, STACKS)),
        "cells": cells,
    }


def panels(figure):
    """The panels by title, without the colour bars."""
    return {axis.get_title("left"): axis for axis in figure.axes if axis.get_title("left")}


def image_of(figure, title):
    return panels(figure)[title].images[0].get_array()


@pytest.mark.parametrize("example", [0, 1])
def test_it_shows_the_trace(trace, example, png):
    trace["actions"][example, :, 4] = np.eye(2)[[0, 1, 0, 1, 0]]  # which changes most
    figure = figures.stack_tape(trace, example, symbols="abc")
    np.testing.assert_allclose(image_of(figure, "Inputs"), trace["inputs"][example].T)
    np.testing.assert_allclose(image_of(figure, "Next"), trace["outputs"][example].T)
    push, pop = trace["actions"][example].T
    np.testing.assert_allclose(image_of(figure, "Actions"), push - pop)
    cells = image_of(figure, "Stack 4")
    np.testing.assert_allclose(cells[:2], trace["cells"][example, :, 4, 0, :2].T)
    assert len(cells) == 2  # below, all are empty
    assert sum(title.startswith("Stack") for title in panels(figure)) == 4
    read = [label.get_text() for label in figure.axes[6].get_xticklabels()]
    assert "".join(read) == "".join("abc"[i] for i in trace["inputs"][example].argmax(-1))
    assert png(figure).startswith(b"\x89PNG")


def test_a_list_is_shown_on_both_sides_of_its_head(trace, rng):
    sides = rng.random((2, STEPS, 1, 2, DEPTH))
    trace = {**trace, "cells": sides, "actions": rng.dirichlet(np.ones(3), (2, STEPS, 1))}
    figure = figures.stack_tape(trace)
    before, after = sides[0, :, 0].swapaxes(0, 1)
    expected = np.concatenate([before[:, ::-1], after], axis=1).T
    np.testing.assert_allclose(image_of(figure, "Stack 0"), expected)
    insert, left, right = trace["actions"][0].T
    np.testing.assert_allclose(image_of(figure, "Actions"), insert - left - right)
