import numpy as np
import pytest

from keras_memory.zoo import figures


def test_patterns_recalled():
    recalled = {"letters": {1: 1.0, 2: 0.5}, "random": {1: 1.0, 2: 2.0}}
    figure = figures.patterns_recalled(recalled, "pairs")
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("pairs stored", "pairs recalled")
    _, letters, random = axis.lines
    assert letters.get_xydata().tolist() == [[1, 1], [2, 0.5]]
    assert random.get_xydata().tolist() == [[1, 1], [2, 2]]
    assert [t.get_text() for t in axis.get_legend().get_texts()] == ["letters", "random"]


def test_overlap_against_load():
    overlaps = {
        "hebb": {100: {0.1: 1.0, 0.2: 0.5}, 300: {0.1: 0.9}},
        "storkey": {100: {0.1: 1.0}},
    }
    figure = figures.overlap_against_load(overlaps)
    hebb, storkey = figure.axes
    assert [axis.get_title() for axis in (hebb, storkey)] == ["Hebb", "Storkey"]
    curve, holds, _, _, theory = hebb.lines
    np.testing.assert_allclose(curve.get_xydata(), [[0.1, 1], [0.2, 0.5]])
    assert holds.get_xdata()[0] == pytest.approx(0.138)
    assert np.interp([0.1, 0.2], *theory.get_data()) == pytest.approx([0.998, 0], abs=2e-3)
    assert storkey.lines[1].get_xdata()[0] == pytest.approx(0.33, abs=0.01)


def test_basin_against_load():
    figure = figures.basin_against_load({"hebb": {0.05: 0.3, 0.1: 0.2}})
    (line,) = figure.axes[0].lines
    np.testing.assert_allclose(line.get_xydata(), [[0.05, 0.3], [0.1, 0.2]])


def test_dense_capacity():
    figure = figures.dense_capacity({3: {50: 100.0, 100: 440.0}})
    capacities, growth = figure.axes[0].lines
    np.testing.assert_allclose(capacities.get_ydata(), [100, 440])
    np.testing.assert_allclose(growth.get_ydata(), [110, 440])
