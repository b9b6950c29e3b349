"""Recipes of pointer networks: what they measure, and that one learns."""

import os
import types

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from keras_memory import recipes
from keras_memory.recipes.datasets.convex_hull.convex_hull_dataset_builder import convex_hull
from keras_memory.recipes.datasets.delaunay_triangulation import (
    delaunay_triangulation_dataset_builder as delaunay,
)
from keras_memory.recipes.datasets.travelling_salesman import (
    travelling_salesman_dataset_builder as travelling_salesman,
)

pytestmark = pytest.mark.long

NAMES = "pointer_convex_hull", "pointer_delaunay", "pointer_sort", "pointer_tsp"
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5]], "float32")


@pytest.fixture
def points(rng):
    return list(rng.random((20, 7, 2)).astype("float32"))


def test_hulls_that_are_right_cross_and_miss_a_corner():
    recipe = recipes.get("pointer_convex_hull")
    rows = [[2, 3, 0, 1], [3, 2, 1, 0], [0, 2, 1, 3], [0, 1, 2], [0, 1], [], [0, 1, 1, 2, 3]]
    predicted = [np.array(row, int) for row in rows]
    targets = [np.array([0, 1, 2, 3])] * len(predicted)
    found = recipe.measure([SQUARE] * len(predicted), predicted, targets)
    assert found["accuracy_percent"] == pytest.approx(100 * 2 / 7)  # the same polygons
    assert found["not_simple"] == 4
    assert found["area_percent"] == pytest.approx(250 / 3)  # of the simple ones, 1, 1 and 1/2


def test_tours_that_are_right_longer_and_not_whole():
    recipe = recipes.get("pointer_tsp")
    targets = [np.arange(4)] * 4
    backwards = np.array([2, 1, 0, 3])
    predicted = [targets[0], backwards, np.array([0, 2, 1, 3]), np.array([0, 1, 2])]
    found = recipe.measure([SQUARE[:4]] * 4, predicted, targets)
    assert found["not_valid"] == 1
    assert found["optimal_length"] == pytest.approx(4)
    assert found["tour_length"] == pytest.approx((4 + 4 + 2 + 2 * np.sqrt(2)) / 3)
    assert found["accuracy_percent"] == 50


def test_triangles_in_another_order_are_right_but_not_twice():
    recipe = recipes.get("pointer_delaunay")
    targets = [np.array([0, 1, 4, 1, 2, 4, 2, 3, 4, 0, 3, 4])] * 3
    again = [*targets[0], 0, 3, 4]
    predicted = [targets[0].reshape(4, 3)[::-1].ravel(), targets[0][:6], np.array(again)]
    found = recipe.measure([SQUARE] * 3, predicted, targets)
    assert found["accuracy_percent"] == pytest.approx(100 / 3)
    assert found["accuracy_in_order_percent"] == 0
    assert found["triangle_percent"] == pytest.approx(250 / 3)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("pointer_convex_hull", convex_hull),
        ("pointer_delaunay", delaunay.delaunay_triangulation),
        ("pointer_tsp", travelling_salesman.tour),
    ],
)
def test_right_answers_have_the_best_figures_in_any_order_of_the_points(
    points, rng, name, answer
):
    recipe = recipes.get(name)
    order = rng.permutation(7)
    for known in (points, [p[order] for p in points]):
        targets = [answer(p) for p in known]
        found = recipe.measure(known, targets, targets)
        assert found["accuracy_percent"] == 100
        for metric in ("area_percent", "triangle_percent"):
            assert found.get(metric, 100) == pytest.approx(100)
        assert found.get("gap_percent", 0) == pytest.approx(0)
        assert found.get("not_simple", 0) == found.get("not_valid", 0) == 0


def test_wrong_hulls_have_the_same_figures_in_any_order_of_the_points(points, rng):
    recipe = recipes.get("pointer_convex_hull")
    targets = [convex_hull(p) for p in points]
    predicted = [rng.permutation(7)[:5] for _ in points]
    found = recipe.measure(points, predicted, targets)
    assert 0 < found["not_simple"] < len(points)
    order = rng.permutation(7)
    place = np.argsort(order)
    moved = recipe.measure(
        [p[order] for p in points], [place[s] for s in predicted], [place[r] for r in targets]
    )
    assert moved == pytest.approx(found)


class Oracle:
    """In the place of a network: right answers, or under another rule none."""

    def __init__(self, recipe):
        self.recipe = recipe
        self.calls = []

    def solve(self, points, length, beam_width, rule):
        self.calls.append((int(points.shape[1]), beam_width, rule))
        targets = self.recipe.held_out(int(points.shape[1]))["pointers"] - 1
        rows = 250 * ((len(self.calls) - 1) % 4)
        return {"indices": tf.constant(targets[rows : rows + points.shape[0]])}


@pytest.fixture
def eager():
    """`tf.function` would sample once for all batches."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.filterwarnings("ignore:Even though the")
@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("pointer_convex_hull", {"accuracy_percent_n_5": 100, "not_simple_n_5": 0}),
        ("pointer_delaunay", {"accuracy_in_order_percent_n_5": 100}),
        ("pointer_tsp", {"gap_percent_n_5": 0, "not_valid_n_5": 0}),
        ("pointer_sort", {"accuracy_percent_n_5": 100}),
    ],
)
def test_a_network_that_is_right_has_the_best_figures(name, best, eager):
    recipe = recipes.get(name, points=5, beam_width=2)
    oracle = Oracle(recipe)
    found = recipe.evaluate(oracle)
    assert oracle.calls == [(5, 2, None)] * 4
    assert {metric: found[metric] for metric in best} == pytest.approx(best)


@pytest.mark.filterwarnings("ignore:Even though the")
def test_further_metrics_are_of_other_rules_and_numbers(eager):
    hulls = recipes.get("pointer_convex_hull", points=(5, 100))
    oracle = Oracle(hulls)
    assert hulls.study.further_metrics(oracle)["accuracy_percent_n_5_unconstrained"] == 100
    assert {rule for *_, rule in oracle.calls} == {"anything"}
    numbers = recipes.get("pointer_sort", points=5)
    found = numbers.study.further_metrics(Oracle(numbers))
    assert found["accuracy_percent_n_5_any_precision"] < 20


def test_baselines_are_tested_on_what_they_are_trained_for(tmp_path):
    recipe = recipes.get("pointer_convex_hull", architecture="lstm", max_points=10)
    assert recipe.tested == (5, 10)
    assert recipe.replace(min_points=10).tested == (10,)
    titles = "LSTM without attention", "LSTM with attention"
    for fields in (fields for title in titles for fields in recipe.study.parts[title]):
        assert recipes.get(recipe.name, **fields).tested == (fields["max_points"],)
    path = tmp_path / "hulls.txt"
    path.write_text("0 0 1 0 1 1 0 1 output 1 2 3 4 1\n")
    short = recipe.replace(min_points=3, max_points=3, train_file=str(path))
    with pytest.raises(ValueError, match="Expected up to max_points=3 points for a baseline"):
        short.examples("train")
    inputs, targets = recipe.to_batch(recipe.held_out(10))
    model = recipe.replace(units=4, jit_compile=False).model()
    loss = model.evaluate(inputs, targets, verbose=0)
    assert loss < 10  # a place for each point, and one for the end


def test_what_is_tuned_is_what_the_network_has():
    hp = keras_tuner.HyperParameters()
    for architecture in ("pointer", "lstm"):
        recipe = recipes.get("pointer_tsp", architecture=architecture)
        sampled = recipe.search_space(hp)
        assert ("glimpse" in sampled) == (architecture == "pointer")
        recipe.replace(**sampled)
    with pytest.raises(ValueError, match="Expected even units"):
        recipes.get("pointer_tsp", units=5, bidirectional=True)


def test_seeds_stand_side_by_side():
    recipe = recipes.get("pointer_sort", points=(5, 10))
    metrics = [
        {"accuracy_percent_n_5": 100.0, "accuracy_percent_n_10": a} for a in (1.0, 2.5)
    ]
    rows = recipe.study.rows([types.SimpleNamespace(metrics=m) for m in metrics])
    assert rows == [
        {"points": 5, "accuracy_percent": "100, 100"},
        {"points": 10, "accuracy_percent": "1, 2.5"},
    ]


def test_a_baseline_stands_beside_the_papers(eager):
    recipe = recipes.get(
        "pointer_convex_hull", architecture="lstm", min_points=5, max_points=5, points=5
    )
    oracle = Oracle(recipe)
    run = types.SimpleNamespace(
        recipe=recipe,
        metrics={"accuracy_percent_n_5": 3.0},
        further_metrics=recipe.study.further_metrics(oracle),
    )
    (row,) = recipe.study.rows([run])
    assert row["accuracy_percent"] == 3
    assert row["accuracy_percent_unconstrained"] == 100
    assert row["paper"] == "87.7, 99.6"
    assert not recipe.study.is_candidate


@pytest.mark.parametrize("name", NAMES)
def test_figures(name):
    recipe = recipes.get(name, units=4, points=5)
    figures = recipe.figures(recipe.model())
    assert all(figure.axes for figure in figures.values())
    if name == "pointer_tsp":
        assert set(figures) == {"answers", "length_against_gap"}


def test_a_run_whose_data_are_not_to_be_had_leaves_nothing(tmp_path):
    recipe = recipes.get("pointer_sort", train_file=str(tmp_path / "none.txt"))
    with pytest.raises(OSError, match="none.txt"):
        recipe.fit(tmp_path / "run")
    assert not list(tmp_path.iterdir())


def test_read_by_angle_hulls_begin_where_reading_does():
    fields = {"train_examples": 200, "max_points": 9}
    given, by_angle = (
        recipes.get("pointer_convex_hull", order=order, **fields)
        for order in ("given", "angle")
    )
    examples = given.examples("train")
    for points, length, lowest_first, turned in zip(
        examples["points"],
        examples["length"],
        given.to_batch(examples)[1].numpy(),
        by_angle.to_batch(examples)[1].numpy(),
        strict=True,
    ):
        x, y = (points[:length] - points[:length].mean(axis=0)).T
        hull = turned[turned > 0]
        assert (np.diff(np.arctan2(y, x)[hull - 1]) > 0).all()
        assert lowest_first[: len(hull)].tolist() == np.roll(hull, -hull.argmin()).tolist()
        assert turned[len(hull)] == 0
        assert (turned[len(hull) + 1 :] == -1).all()


def test_batches_are_cut_to_few_lengths():
    recipe = recipes.get("pointer_convex_hull", train_examples=200)
    examples = recipe.examples("train")
    short = {k: v[examples["length"] < 8] for k, v in examples.items()}
    inputs, targets = recipe.to_batch(short)
    assert inputs["points"].shape[1] == targets.shape[1] == 8
    np.testing.assert_array_equal(short["points"][:, :8], inputs["points"])
    assert recipe.to_batch(examples)[0]["points"].shape[1] == 20


def test_batches_have_an_end_and_no_more():
    recipe = recipes.get("pointer_sort", min_points=2, max_points=4, train_examples=50)
    examples = recipe.examples("train")
    inputs, targets = recipe.to_batch(examples)
    for row, n in zip(np.asarray(targets), examples["length"], strict=True):
        assert sorted(row[:n]) == list(range(1, n + 1))
        assert row[n] == 0
        assert (row[n + 1 :] == -1).all()
    assert inputs["pointers"] is targets


@pytest.mark.parametrize(
    ("architecture", "percent"), [("pointer", 80), ("lstm_attention", 40)]
)
def test_it_learns_to_sort_two_or_three_numbers(architecture, percent):
    """Chance is one in six, of three."""
    recipe = recipes.get(
        "pointer_sort",
        architecture=architecture,
        min_points=2,
        max_points=3,
        points=3,
        units=32,
        train_examples=5_000,
        learning_rate=1e-2,
        epochs=1,
        steps_per_epoch=400,
    )
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), epochs=1, verbose=0)
    assert recipe.evaluate(model)["accuracy_percent_n_3"] > percent
    if architecture == "pointer":
        assert recipe.answer(model, points="0.9 0.1 0.5")["answer"] == "2 3 1"


def test_a_file_is_tested_on(tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_text("0.7 0.1 0.4 output 2 3 1\n0.2 0.1 output 2 1\n")
    recipe = recipes.get("pointer_sort", test_file=str(path), units=4)
    assert 0 <= recipe.evaluate(recipe.model())["accuracy_percent"] <= 100


def test_a_file_that_has_changed_is_read_again(tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_text("0.7 0.1 output 2 1\n")
    recipe = recipes.get("pointer_sort", train_file=str(path))
    assert recipe.examples("train") is recipe.examples("train")
    path.write_text("0.7 0.1 output 2 1\n" * 3)
    os.utime(path, ns=(0, 0))
    assert len(recipe.examples("train")["length"]) == 3


@pytest.mark.parametrize("name", NAMES)
def test_bad_questions(name):
    recipe = recipes.get(name)
    for points in ("a b", "0.1,0.2,0.3 1 2", "nan 0.5 0.6", ""):
        with pytest.raises(ValueError, match="Expected"):
            recipe.answer(None, points=points)
    with pytest.raises(ValueError, match="Expected min_points up to max_points"):
        recipes.get(name, min_points=30, max_points=20)
    with pytest.raises(ValueError, match="Expected glimpse and bidirectional of a pointer"):
        recipes.get(name, architecture="lstm", glimpse=True)


def test_too_few_points_or_decimals_are_refused_at_once():
    for fields in ({"min_points": 2}, {"points": (5, 2)}):
        with pytest.raises(ValueError, match="Expected 3 points or more"):
            recipes.get("pointer_convex_hull", **fields)
    with pytest.raises(ValueError, match="Expected up to 10 points of decimals=1"):
        recipes.get("pointer_sort", decimals=1)
