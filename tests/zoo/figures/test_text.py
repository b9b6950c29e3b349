"""Whatever is plotted: no text is cut at the edge, and no legend hides a line."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from keras_memory.zoo import figures
from keras_memory.zoo.figures import text

LONG = "cross-entropy; of REINFORCE, with its baseline's error and the entropy of its choices"
RUNS = [[(1e3 * (j + 1), 2.0 ** -(i + j)) for j in range(9)] for i in range(3)]


def of_kinds(number, name="a kind of run whose name has all that it does otherwise, {}"):
    return {name.format(i): RUNS for i in range(number)}


def points():
    rng = np.random.default_rng(0)
    return [48_000, 9_000] + 100 * rng.random((6, 2))


def of_rules(name):
    return {rule: {0.1: 1.0, 0.2: name} for rule in ("hebb", "storkey", "pseudo_inverse")}


HARD = {
    "one kind": lambda: figures.learning_curves({"NTM": RUNS}, "bits"),
    "eight kinds": lambda: figures.learning_curves(of_kinds(8), LONG),
    "long names": lambda: figures.learning_curves({LONG * 3: RUNS}, LONG * 2),
    "many runs": lambda: figures.learning_curves({"tiger": RUNS * 20}, "cross-entropy"),
    "bars": lambda: figures.bars_by_task(
        {LONG + name: {str(task): 90.0 for task in range(20)} for name in "ab"}, limit=5
    ),
    "patterns": lambda: figures.patterns_recalled(
        {f"{LONG} {i}": {1: 1.0, 9: i} for i in range(4)}, LONG
    ),
    "overlaps": lambda: figures.overlap_against_load(
        {
            rule: {n: {0.1: 1.0, 0.2: 0.0} for n in (1, 10, 100)}
            for rule in ("hebb", "storkey")
        }
    ),
    "one rule": lambda: figures.overlap_against_load({"hebb": {100: {0.1: 1.0, 0.2: 0.0}}}),
    "basins": lambda: figures.basin_against_load(of_rules(0.5)),
    "dense": lambda: figures.dense_capacity(
        {n: {50: 9.0, 100: 8.0 * 2**n} for n in range(2, 7)}
    ),
    "gaps": lambda: figures.length_against_gap(
        {LONG: [2.0, 3.3], "n": [1.0]}, {LONG: [2.0, 3.0], "n": [1.0]}
    ),
    "a map": lambda: figures.pointer_predictions(
        [(points(), [[0, 1, 2]], [[0, 2, 1]])] * 4, [LONG] * 4
    ),
    "attention": lambda: figures.attention_map(np.eye(9), LONG, LONG),
    "attention of one query": lambda: figures.attention_map(np.eye(30)[:1], "key", ["query"]),
    "attention of one key": lambda: figures.attention_map(np.eye(30)[:, :1], "key", LONG),
    "attention by names": lambda: figures.attention_map(np.eye(60), *[["name"] * 60] * 2),
    "a story": lambda: figures.story_attention(
        [LONG * 9, "Mary went."], [[0.5, 0.5]], f"{LONG} ?"
    ),
    "a document": lambda: figures.document_attention(
        [["word"] * 40, ["w" * 300]], [np.ones(40)] * 2, [0.5, 0.5], LONG * 2
    ),
    "images": lambda: figures.image_attention([(np.ones((1, 3, 3)), [1.0])], [LONG]),
    "recall": lambda: figures.recall_strip(
        np.eye(4)[None], (2, 2), [LONG] * 4, ["a cue" * 9]
    ),
    "a grid": lambda: figures.image_grid(np.ones((1, 2, 4)), (2, 2), [LONG, "b"]),
}


@pytest.mark.parametrize("draw", HARD.values(), ids=HARD)
def test_nothing_is_cut_and_no_legend_hides_a_line(draw):
    figure = draw()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    inside = figure.get_tightbbox(canvas.get_renderer())
    width, height = figure.get_size_inches()
    assert min(inside.x0, inside.y0) > -0.02
    assert inside.x1 < width + 0.02
    assert inside.y1 < height + 0.02
    for axis in figure.axes:
        frame = axis.get_window_extent()
        for legend in [*figure.legends, *filter(None, [axis.get_legend()])]:
            assert min(frame.width, frame.height) > 100  # which it leaves of the axis
            above = legend.get_window_extent().y0 >= frame.y1 - 2
            below = legend.get_window_extent().y1 <= frame.y0
            assert above or below


def test_a_long_label_wraps_and_a_long_word_is_broken():
    assert text.wrapped("bits", 3) == "bits"
    assert max(map(len, text.wrapped(LONG, 3).splitlines())) <= 36
    assert max(map(len, text.wrapped("x" * 99, 3).splitlines())) <= 36


def test_what_is_shortened_is_as_long_as_it_may_be():
    assert text.shortened("abc", 3) == "abc"
    assert text.shortened("abcd", 3) == "ab…"
