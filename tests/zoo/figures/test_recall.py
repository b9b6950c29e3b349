import numpy as np

from keras_memory.zoo import figures


def test_recall_strip(png):
    states = np.random.default_rng(0).choice([-1.0, 1.0], (3, 2, 12))  # updates, cues, units
    figure = figures.recall_strip(states, (3, 4), names=["first", "second"])
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["cue", "update 1", "update 2", "", "", ""]
    assert [axis.get_ylabel() for axis in figure.axes] == ["first", "", "", "second", "", ""]
    image = figure.axes[4].images[0].get_array()
    np.testing.assert_array_equal(image, states[1, 1].reshape(3, 4))
    assert png(figure).startswith(b"\x89PNG")


def test_recall_strip_with_titles():
    states = np.zeros((2, 1, 4))
    figure = figures.recall_strip(states, (2, 2), titles=["cue", "original"])
    assert [axis.get_title() for axis in figure.axes] == ["cue", "original"]


def test_recall_strip_with_blanks():
    """What is not a number has no part in the range of shades."""
    states = np.array([[[np.nan, -1.0]], [[np.nan, 2.0]]])
    for axis in figures.recall_strip(states, (1, 2)).axes:
        assert axis.images[0].get_clim() == (-1, 2)


def test_image_grid():
    images = np.arange(24).reshape(2, 3, 4) - 9.0
    figure = figures.image_grid(images, (2, 2), "abc")
    assert [axis.get_title() for axis in figure.axes] == ["a", "b", "c", "", "", ""]
    image = figure.axes[4].images[0]
    np.testing.assert_array_equal(image.get_array(), [[7, 8], [9, 10]])
    assert image.get_clim() == (-10, 10)


def test_energy_curves():
    energies = np.array([[-1.0, -2.0], [-3.0, -2.5], [-4.0, -2.5]])
    figure = figures.energy_curves(energies)
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("update", "energy")
    for line, expected in zip(axis.lines, energies.T, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), expected)


def test_recall_strip_beside_its_targets_in_any_colours():
    states, targets = np.zeros((2, 3, 4)), np.ones((3, 4))
    figure = figures.recall_strip(states, (2, 2), targets=targets, cmap="gray")
    assert [axis.get_title() for axis in figure.axes[:3]] == ["cue", "update 1", "target"]
    for row in range(3):
        image = figure.axes[3 * row + 2].images[0]
        np.testing.assert_array_equal(image.get_array(), np.ones((2, 2)))
        assert image.get_cmap().name == "gray"
        assert image.get_clim() == (0, 1)
    plain = figures.recall_strip(states, (2, 2), titles=["cue", "end"], targets=targets)
    assert [axis.get_title() for axis in plain.axes[:3]] == ["cue", "end", "target"]
    assert plain.axes[0].images[0].get_cmap().name == "gray_r"
