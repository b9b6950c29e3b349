import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_memory.zoo import figures


@pytest.fixture(scope="module")
def trace(make_ntm):
    inputs = np.random.default_rng(0).integers(0, 2, size=(2, 9, 3)).astype("float32")
    return make_ntm().trace(inputs)


def picture(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def panels(figure):
    """The panels by title, without the colour bars."""
    return {axis.get_title("left"): axis for axis in figure.axes if axis.get_title("left")}


def test_memory_tape(trace):
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
    assert picture(figure).startswith(b"\x89PNG")


def drawn(figure, title):
    return np.asarray(panels(figure)[title].images[0].get_array())


@pytest.mark.parametrize("example", [0, 1])
def test_tape_shows_the_trace(example, trace):
    figure = figures.memory_tape(trace, example)
    np.testing.assert_allclose(drawn(figure, "Inputs"), trace["inputs"][example].T)
    np.testing.assert_allclose(drawn(figure, "Outputs"), trace["outputs"][example].T)
    reads = trace["reads"][example].reshape(9, -1)
    np.testing.assert_allclose(drawn(figure, "Reads"), reads.T)


def test_unvisited_slots_are_left_out(trace):
    weights = np.zeros((2, 9, 2, 50), "float32")
    weights[:, :, :, 20:23] = 1 / 3
    figure = figures.memory_tape({**trace, "write_weights": weights, "read_weights": weights})
    assert drawn(figure, "Write weights").shape == (3, 9)
    assert panels(figure)["Write weights"].get_ylim() == (19.5, 22.5)


def test_slots_are_a_ring(trace):
    weights = np.zeros((2, 9, 2, 50), "float32")
    weights[..., [48, 49, 0, 1]] = [0.2, 0.4, 0.6, 0.8]
    figure = figures.memory_tape({**trace, "write_weights": weights, "read_weights": weights})
    np.testing.assert_allclose(drawn(figure, "Read weights")[:, 0], [0.2, 0.4, 0.6, 0.8])
    assert panels(figure)["Read weights"].get_ylim() == (-2.5, 1.5)


def test_tape_of_heads_that_are_nowhere(trace):
    weights = np.full((2, 9, 2, 50), 0.02, "float32")
    figure = figures.memory_tape({**trace, "write_weights": weights, "read_weights": weights})
    assert drawn(figure, "Write weights").shape == (50, 9)


def test_tape_of_a_machine_without_heads(trace):
    """What a machine does not have is left out."""
    figure = figures.memory_tape(
        {name: trace[name] for name in ("inputs", "reads", "outputs")}
    )
    assert list(panels(figure)) == ["Inputs", "Outputs", "Reads"]
    assert picture(figure).startswith(b"\x89PNG")


def test_learning_curves():
    curves = {"NTM": [[(100, 3.0), (200, 1.0)], [(100, 4.0)]], "LSTM": [[(100, 2.0)]]}
    figure = figures.learning_curves(curves, "bits per sequence")
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == (
        "training examples",
        "bits per sequence",
    )
    one, again, two = axis.lines
    assert one.get_color() == again.get_color() != two.get_color()
    assert (list(one.get_xdata()), list(one.get_ydata())) == ([100, 200], [3.0, 1.0])
    assert [text.get_text() for text in axis.get_legend().texts] == ["NTM", "LSTM"]
    assert list(two.get_ydata()) == [2.0]
    assert picture(figure).startswith(b"\x89PNG")


def test_a_story_with_its_hops():
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
    assert picture(figure).startswith(b"\x89PNG")


def test_bars_by_task():
    errors = {"ours": {"1": 3.0, "2": 50.0}, "paper": {"1": 1.0, "2": 60.0}}
    figure = figures.bars_by_task(errors, limit=5)
    (axis,) = figure.axes
    heights = [[bar.get_height() for bar in bars] for bars in axis.containers]
    assert heights == [[3, 50], [1, 60]]
    assert [t.get_text() for t in axis.get_legend().get_texts()] == ["ours", "paper"]
    assert axis.lines[0].get_ydata()[0] == 5


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


def test_recall_strip():
    states = np.random.default_rng(0).choice([-1.0, 1.0], (3, 2, 12))  # updates, cues, units
    figure = figures.recall_strip(states, (3, 4), names=["first", "second"])
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["cue", "update 1", "update 2", "", "", ""]
    assert [axis.get_ylabel() for axis in figure.axes] == ["first", "", "", "second", "", ""]
    shown = figure.axes[4].images[0].get_array()
    np.testing.assert_array_equal(shown, states[1, 1].reshape(3, 4))
    assert picture(figure).startswith(b"\x89PNG")


def test_recall_strip_with_titles():
    states = np.zeros((2, 1, 4))
    figure = figures.recall_strip(states, (2, 2), titles=["cue", "original"])
    assert [axis.get_title() for axis in figure.axes] == ["cue", "original"]


def test_recall_strip_with_blanks():
    """What is not a number has no part in the range of shades."""
    states = np.array([[[np.nan, -1.0]], [[np.nan, 2.0]]])
    for axis in figures.recall_strip(states, (1, 2)).axes:
        assert axis.images[0].get_clim() == (-1, 2)


def test_patterns_recalled():
    held = {"letters": {1: 1.0, 2: 0.5}, "random": {1: 1.0, 2: 2.0}}
    figure = figures.patterns_recalled(held, "pairs")
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("pairs stored", "pairs recalled")
    _, letters, random = axis.lines
    assert letters.get_xydata().tolist() == [[1, 1], [2, 0.5]]
    assert random.get_xydata().tolist() == [[1, 1], [2, 2]]
    assert [t.get_text() for t in axis.get_legend().get_texts()] == ["letters", "random"]


def reminders(steps, every, seen=()):
    """A trace of weights at `seen`, a dictionary of (now, microstate)."""
    weights = np.zeros((2, steps, steps // every), "float32")
    for (now, slot), weight in dict(seen).items():
        weights[1, now, slot] = weight
    return {"weights": weights, "stored": every * np.arange(1, steps // every + 1) - 1}


def test_retrieval_map():
    trace = reminders(9, 2, {(4, 0): 0.7, (8, 3): 1.0})
    figure = figures.retrieval_map(trace, example=1, symbols=[*"ab", *" " * 6, "c"])
    axis, bar = figure.axes
    shown = axis.images[0]
    np.testing.assert_allclose(shown.get_array(), trace["weights"][1].T)
    assert shown.get_extent() == [-0.5, 8.5, -0.5, 7.5]  # step 7 is stored, 8 is not
    assert shown.origin == "lower"
    assert axis.get_xlim() == axis.get_ylim() == (-0.5, 8.5)
    assert (axis.get_xlabel()[:3], axis.get_ylabel()[:4]) == ("now", "then")
    assert bar.get_ylabel() == "weight"
    above = {text.get_text(): text.xy[0] for text in axis.texts[::2]}
    beside = {text.get_text(): text.xy[1] for text in axis.texts[1::2]}
    assert above == beside == {"a": 0, "b": 1, "c": 8}
    assert picture(figure).startswith(b"\x89PNG")


def test_reminders_of_many_steps_are_all_seen():
    trace = reminders(1020, 1, {(1019, 3): 0.6, (500, 499): 0.8})
    symbols = [*"27182", *" " * 1015]
    (axis, _) = figures.retrieval_map(trace, example=1, symbols=symbols).axes
    shown = np.asarray(axis.images[0].get_array())
    assert max(shown.shape) <= 300
    _, right, _, top = axis.images[0].get_extent()
    for now, then, weight in ((1019, 3, 0.6), (500, 499, 0.8)):
        row = int((then + 0.5) / (top + 0.5) * shown.shape[0])
        column = int((now + 0.5) / (right + 0.5) * shown.shape[1])
        np.testing.assert_allclose(shown[row, column], weight)
    assert np.count_nonzero(shown) == 2
    assert [text.get_text() for text in axis.texts] == ["27182"] * 2
    assert axis.texts[0].xy[0] == 2  # their middle


def test_reminders_where_nothing_is_stored():
    figure = figures.retrieval_map(reminders(4, 5))
    assert not np.any(figure.axes[0].images[0].get_array())
    assert picture(figure).startswith(b"\x89PNG")


def test_image_grid():
    images = np.arange(24).reshape(2, 3, 4) - 9.0
    figure = figures.image_grid(images, (2, 2), "abc")
    assert [axis.get_title() for axis in figure.axes] == ["a", "b", "c", "", "", ""]
    shown = figure.axes[4].images[0]
    np.testing.assert_array_equal(shown.get_array(), [[7, 8], [9, 10]])
    assert shown.get_clim() == (-10, 10)


def test_energy_curves():
    energies = np.array([[-1.0, -2.0], [-3.0, -2.5], [-4.0, -2.5]])
    figure = figures.energy_curves(energies)
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("update", "energy")
    for line, expected in zip(axis.lines, energies.T, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), expected)


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
    held, growth = figure.axes[0].lines
    np.testing.assert_allclose(held.get_ydata(), [100, 440])
    np.testing.assert_allclose(growth.get_ydata(), [110, 440])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("patterns_held", "patterns_recalled"),
        ("pointed_out", "pointer_predictions"),
        ("read_story", "story_attention"),
        ("reminder_map", "retrieval_map"),
        ("shaded_document", "document_attention"),
        ("weighed_images", "image_attention"),
    ],
)
def test_old_names_warn(old, new):
    with pytest.warns(DeprecationWarning, match=f"{old} is now called {new}"):
        assert getattr(figures, old) is getattr(figures, new)
    assert old not in figures.__all__


@pytest.mark.parametrize(
    ("function", "argument", "curves"),
    [
        ("dense_capacity", "capacity", {3: {50: 100.0, 100: 440.0}}),
        ("patterns_recalled", "recalled", {"trained": {2: 2.0, 4: 3.0}}),
    ],
)
def test_the_old_name_of_an_argument_warns(function, argument, curves):
    draw = getattr(figures, function)
    with pytest.warns(DeprecationWarning, match=rf"held=.* is now {function}\({argument}="):
        old = draw(held=curves)
    found, expected = (
        [line.get_xydata() for line in figure.axes[0].lines]
        for figure in (old, draw(**{argument: curves}))
    )
    np.testing.assert_array_equal(found, expected)
    with (
        pytest.warns(DeprecationWarning, match="held"),
        pytest.raises(TypeError, match=f"multiple values .*{argument}"),
    ):
        draw(curves, held=curves)
