"""Pointer networks: what they say, and that their answers keep the rules."""

import itertools

import keras
import numpy as np
import pytest
import scipy.spatial
import shapely
from keras import ops

from keras_memory import zoo
from keras_memory.zoo.pointing.points import standardized
from keras_memory.zoo.pointing.rules import RULES, simple_polygon

LENGTH = np.array([7, 5, 6, 3], "int32")


@pytest.fixture
def points(rng):
    points = rng.random((4, 7, 2)).astype("float32")
    return np.where(np.arange(7)[:, None] < LENGTH[:, None, None], points, 0)


def shaken(**arguments):
    """A network whose answers differ from one set of points to the next."""
    model = zoo.PointerNetwork(units=8, **arguments)
    rng = np.random.default_rng(4)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def answers(predicted):
    """Lists of places, up to the end."""
    return [row[row >= 0].tolist() for row in np.asarray(predicted["indices"])]


def crossing(a, b, c, d):
    def side(p, q, r):
        return np.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def crossings(corners):
    """How many pairs of edges of a polygon cross."""
    edges = list(zip(corners, np.roll(corners, -1, axis=0), strict=True))
    return sum(crossing(*e, *f) for e, f in itertools.combinations(edges, 2))


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("beam_width", [1, 3])
def test_the_probability_is_that_of_teacher_forcing(points, rule, beam_width):
    """Where the rule leaves all to the network; else it is higher."""
    model = shaken(rule=rule)
    predicted = model.solve(points, LENGTH, beam_width)
    pointers = np.asarray(predicted["indices"]) + 1
    inputs = {"points": points, "length": LENGTH, "pointers": pointers}
    gains = np.asarray(ops.log_softmax(model(inputs)))
    gains = np.take_along_axis(gains, pointers[..., None], axis=2)[..., 0]
    ends = np.cumsum(pointers == 0, axis=1) - (pointers == 0)
    total = np.where(ends == 0, gains, 0).sum(axis=1)
    found = np.asarray(predicted["log_probability"])
    assert (found >= total - 1e-4).all()
    if rule == "anything":
        ended = [len(a) < 2 * n for a, n in zip(answers(predicted), LENGTH, strict=True)]
        assert any(ended)
        np.testing.assert_allclose(found[ended], total[ended], atol=1e-4)


def test_a_wider_beam_finds_what_is_likelier(points):
    model = shaken()
    narrow, wide = (
        np.asarray(model.solve(points, LENGTH, width)["log_probability"]) for width in (1, 20)
    )
    assert (wide >= narrow - 1e-5).all()
    assert (wide > narrow + 1e-3).any()


@pytest.mark.parametrize("beam_width", [1, 4])
def test_permutations_have_each_point_once(points, beam_width):
    predicted = answers(shaken(rule="permutation").solve(points, LENGTH, beam_width))
    assert [sorted(places) for places in predicted] == [list(range(n)) for n in LENGTH]


@pytest.mark.parametrize("beam_width", [1, 4])
def test_polygons_are_simple(rng, beam_width):
    points = rng.random((60, 8, 2)).astype("float32")
    predicted = answers(shaken(rule="simple_polygon").solve(points, beam_width=beam_width))
    assert len({len(places) for places in predicted}) > 1
    for known, places in zip(points, predicted, strict=True):
        assert len(places) == len(set(places)) >= 3
        assert crossings(known[places]) == 0


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_mixed_policy_does_not_round_what_the_rule_sees(rng, policy):
    points = 1000 + rng.random((20, 10, 2)).astype("float32")
    keras.config.set_dtype_policy(policy)
    try:
        model = shaken(rule="simple_polygon")
    finally:
        keras.config.set_dtype_policy("float32")
    for known, places in zip(points, answers(model.solve(points)), strict=True):
        assert crossings(known[places].astype("float64")) == 0


def degenerate(name, rng):
    if name == "grid":
        return rng.integers(0, 4, (60, 10, 2)).astype("float32") / 4
    if name == "repeated":
        return rng.random((60, 5, 2)).astype("float32").repeat(2, axis=1)
    return np.arange(10, dtype="float32")[None, :, None].repeat(2, axis=2) / 16


@pytest.mark.parametrize("name", ["grid", "repeated", "line"])
def test_points_that_come_again_or_lie_on_a_line_make_no_bad_polygon(rng, name):
    points = degenerate(name, rng)
    predicted = answers(shaken(rule="simple_polygon").solve(points))
    polygons = [known[s] for known, s in zip(points, predicted, strict=True) if len(s) > 2]
    assert all(shapely.Polygon(corners).is_valid for corners in polygons)
    assert all(shapely.Polygon(corners).area > 0 for corners in polygons)
    assert bool(polygons) == (name != "line")
    assert all(len(s) == 2 for s in predicted) == (name == "line")


def allowed_to_be_next(*arrays):
    """By the rule, of NumPy arrays."""
    return np.asarray(simple_polygon(*map(ops.convert_to_tensor, arrays)))


def goes_on(points, path, place):
    """Whether a polygon whose last corner is this one has no fault."""
    corners = points[[*path, place]]
    if len({tuple(corner) for corner in corners.tolist()}) < len(corners):
        return False
    polygon = shapely.Polygon(corners) if len(corners) > 2 else None
    return polygon is None or (polygon.is_valid and polygon.area > 0)


@pytest.mark.parametrize("side", [2, 3, 5])
def test_polygons_go_on_to_just_the_points_that_keep_them_simple(rng, side):
    """On a grid, where many edges touch, or lie along each other or on one line."""
    sets, n = 40, 7
    points = rng.integers(0, side, (sets, n, 2)).astype("float32")
    path = np.zeros((sets, n + 1), "int32")
    for step in range(n):
        allowed = allowed_to_be_next(path, points, np.ones((sets, n), bool))[:, 1:]
        for i in range(sets):
            so_far = path[i, :step] - 1
            if (so_far < 0).any():
                continue
            expected = [goes_on(points[i], so_far, place) for place in range(n)]
            assert allowed[i].tolist() == expected
            if any(expected):
                path[i, step] = 1 + rng.choice(np.flatnonzero(expected))
    assert (path > 0).sum(axis=1).max() >= 4


def all_are_allowed(points, path):
    """Whether a polygon may have these corners, one after the other, and end there."""
    so_far = np.zeros((1, len(points) + 1), "int32")
    for i, place in enumerate([*path, -1]):
        allowed = allowed_to_be_next(so_far, points[None], np.ones((1, len(points)), bool))
        if not allowed[0, place + 1]:
            return False
        so_far[0, i] = place + 1
    return True


def test_every_hull_is_allowed_from_its_first_corner_to_its_last(rng):
    for _ in range(30):
        points = rng.random((12, 2)).astype("float32")
        assert all_are_allowed(points, scipy.spatial.ConvexHull(points).vertices)


def test_an_edge_may_lie_on_the_line_of_another():
    notched = [(3, 2), (0, 2), (0, 0), (1, 0), (1, 1), (2, 1), (2, 0), (3, 0)]
    assert all_are_allowed(np.array(notched, "float32"), range(8))


def test_triangles_increase_and_are_whole(points):
    for places, n in zip(
        answers(shaken(rule="triangles").solve(points, LENGTH)), LENGTH, strict=True
    ):
        assert len(places) % 3 == 0
        assert len(places) > 0
        triangles = np.reshape(places, (-1, 3))
        assert (np.diff(triangles, axis=1) > 0).all()
        assert triangles.max() < n


def test_read_by_angle_points_have_one_answer_in_any_order(points, rng):
    model = shaken(order="angle", rule="simple_polygon")
    order = np.array([[*rng.permutation(n), *range(n, 7)] for n in LENGTH])
    mixed = np.take_along_axis(points, order[..., None], axis=1)
    predicted, again = (answers(model.solve(p, LENGTH)) for p in (points, mixed))
    assert [o[places].tolist() for o, places in zip(order, again, strict=True)] == predicted
    assert predicted != again


@pytest.mark.parametrize("rule", sorted(RULES))
def test_of_few_points_there_is_an_answer_that_ends(points, rule):
    for n in (1, 2):
        short = shaken(rule=rule).solve(points[:, :n])
        padded = shaken(rule=rule).solve(points, np.full(4, n, "int32"))
        assert answers(short) == answers(padded)
        assert all(set(places) <= set(range(n)) for places in answers(short))
        if rule == "triangles":
            assert answers(short) == [[]] * 4


def test_a_rule_is_kept_where_a_baseline_knows_no_place(points):
    predicted = answers(shaken(rule="permutation", places=4).solve(points, LENGTH))
    assert [sorted(places) for places in predicted] == [list(range(n)) for n in LENGTH]


@pytest.mark.parametrize("width", [1e2, 2e18])
def test_points_outside_the_square_are_answered(points, width):
    points = (width * (points - 0.5)).astype("float32")
    predicted = answers(shaken(rule="simple_polygon").solve(points, LENGTH))
    for known, places in zip(points, predicted, strict=True):
        assert len(places) >= 3
        assert crossings(known[places].astype("float64")) == 0


@pytest.mark.parametrize("order", ["given", "angle"])
def test_where_points_are_and_their_scale_change_no_logit(points, order):
    model = shaken(order=order)
    pointers = np.array([[1, 3, 2, 0]] * 4, "int32")
    inputs = {"points": points, "length": LENGTH, "pointers": pointers}
    logits = np.asarray(model(inputs))
    for scale, shift in ((1e-9, 0), (1e9, 0), (1, -8), (100, (300, -500))):
        moved = (scale * points + np.array(shift)).astype("float32")
        same = np.asarray(model({**inputs, "points": moved}))
        np.testing.assert_allclose(same, logits, rtol=1e-3, atol=1e-3)


def test_units_of_coordinates_change_no_logit(points):
    pointers = np.array([[3, 1, 0], [2, 1, 0], [1, 2, 0], [1, 0, -1]])
    inputs = {"length": LENGTH, "pointers": pointers}
    model, scaled = shaken(), shaken(scale=[1e3, 1e-4])
    scaled.set_weights(model.get_weights())
    np.testing.assert_allclose(
        scaled({**inputs, "points": points * np.float32([1e3, 1e-4])}),
        model({**inputs, "points": points}),
        atol=1e-4,
    )


def test_points_far_away_are_answered_as_near_ones(points):
    points = points[:, :5].astype("float64")
    model = shaken(rule="permutation")
    near, far = (model.solve(p)["indices"] for p in (points, points + 1e7))
    np.testing.assert_array_equal(near, far)


def test_whole_numbers_are_answered_as_others(rng):
    points = rng.integers(0, 255, (4, 7, 2))
    model = shaken(rule="permutation")
    expected = model.solve(points)["indices"]
    predicted = model.solve(ops.convert_to_tensor(points.astype("uint8")))["indices"]
    np.testing.assert_array_equal(predicted, expected)


@pytest.mark.only("tensorflow", because="tf.function compiles for sizes unknown")
@pytest.mark.parametrize("beam_width", [1, 3])
def test_a_compiled_search_takes_another_number_of_points(points, beam_width):
    import tensorflow as tf

    model = shaken(rule="permutation")
    solve = tf.function(model.solve, reduce_retracing=True)
    for n in (5, 4, 3):
        predicted = solve(ops.array(points[:, :n]), beam_width=beam_width)["indices"]
        expected = model.solve(points[:, :n], beam_width=beam_width)["indices"]
        np.testing.assert_array_equal(predicted, expected)


def test_points_are_seen_about_their_mean_in_units_of_their_spread(points):
    seen = np.asarray(standardized(points, np.arange(7) < LENGTH[:, None]))
    for row, n in zip(seen, LENGTH, strict=True):
        np.testing.assert_allclose(row[:n].mean(axis=0), 0, atol=1e-6)
        assert np.square(row[:n]).mean() == pytest.approx(1, rel=1e-5)
        assert not row[n:].any()


def test_points_that_are_all_one_are_seen_as_zeros(rng):
    """Not as what rounding leaves of them, in units of itself."""
    repeated = np.repeat(rng.random((50, 1, 2)), 7, axis=1).astype("float32")
    seen = np.asarray(standardized(repeated, np.ones((50, 7), bool)))
    np.testing.assert_array_equal(seen, 0)


def test_another_rule_is_kept(points):
    predicted = answers(shaken().solve(points, LENGTH, rule="permutation"))
    assert [sorted(places) for places in predicted] == [list(range(n)) for n in LENGTH]


@pytest.mark.parametrize(
    "arguments",
    [{}, {"glimpse": True}, {"order": "angle"}, {"bidirectional": True}],
    ids=["plain", "glimpse", "angle", "bidirectional"],
)
def test_padding_changes_no_probability(points, arguments):
    model = shaken(**arguments)
    pointers = np.array([[1, 3, 2, 0], [2, 1, 5, 0], [1, 6, 4, 0], [3, 2, 1, 0]], "int32")
    inputs = {"points": points, "length": LENGTH, "pointers": pointers}
    short = np.asarray(ops.softmax(model(inputs)))
    padded = np.pad(points, [[0, 0], [0, 13], [0, 0]], constant_values=0.5)
    padded[0, -1] = 1e18
    long = np.asarray(ops.softmax(model({**inputs, "points": padded})))
    np.testing.assert_allclose(long[..., :8], short, atol=1e-6)
    assert not long[..., 8:].any()
    for width in (1, 3):
        assert answers(model.solve(points, LENGTH, width)) == answers(
            model.solve(padded, LENGTH, width)
        )


def test_an_answer_depends_on_no_later_one(points):
    model = shaken()
    pointers = np.array([[1, 3, 2, 0]] * 4, "int32")
    inputs = {"points": points, "length": LENGTH, "pointers": pointers}
    first = np.asarray(model(inputs))
    changed = np.asarray(model({**inputs, "pointers": np.array([[1, 3, 1, 2]] * 4)}))
    np.testing.assert_array_equal(first[:, :3], changed[:, :3])
    assert (first[:, 3] != changed[:, 3]).any()


@pytest.mark.slow
def test_it_learns_where_the_lowest_of_three_numbers_is(rng):
    """Chance is one in three."""
    numbers = rng.random((600, 3, 1)).astype("float32")
    lowest = numbers[..., 0].argmin(axis=1).astype("int32")[:, None] + 1
    pointers = np.concatenate([lowest, 0 * lowest], axis=1)
    keras.utils.set_random_seed(0)
    model = zoo.PointerNetwork(dim=1, units=16)
    model.jit_compile = False  # compiling it takes longer than these epochs
    model.optimizer.learning_rate = 1e-2
    inputs = {
        "points": numbers,
        "length": np.full(600, 3, "int32"),
        "pointers": pointers,
    }
    model.fit(inputs, pointers, epochs=12, verbose=0)
    predicted = np.asarray(model.solve(numbers[:200])["indices"])[:, 0] + 1
    assert (predicted == lowest[:200, 0]).mean() > 0.9


def test_padding_of_answers_costs_nothing(points):
    model = shaken()
    inputs = {"points": points, "length": LENGTH}
    short = np.array([[1, 2, 0]] * 4, "int32")
    long = np.pad(short, [[0, 0], [0, 3]], constant_values=-1)
    one, other = (
        model.evaluate({**inputs, "pointers": p}, p, verbose=0) for p in (short, long)
    )
    assert one == pytest.approx(other, rel=1e-5)


def test_bad_input():
    model = zoo.PointerNetwork(units=4)
    with pytest.raises(ValueError, match="Expected points .batch, n, 2.*Received: shape"):
        model.solve(np.zeros((3, 2)))
    lengths = [4], [3, 3], [-1], [2.5], [[3]], [True]
    for length in (*lengths, ops.array([3, 3]), ops.array([[3]])):
        with pytest.raises(ValueError, match="Expected lengths of 1 sets"):
            zoo.PointerNetwork(units=4).solve(np.zeros((1, 3, 2)), length)
    with pytest.raises(ValueError, match="one or more. Received: shape .1, 0, 2"):
        zoo.PointerNetwork(units=4).solve(np.zeros((1, 0, 2)))
    with pytest.raises(ValueError, match="Expected finite coordinates"):
        zoo.PointerNetwork(units=4).solve([[[1e19, 0.0], [1.0, 1.0]]])
    for scale in ([1.0], [1.0, 0.0], [1.0, np.inf], [1.0, np.nan]):
        with pytest.raises(ValueError, match="Expected scale as 2 positive numbers"):
            zoo.PointerNetwork(units=4, scale=scale)
    with pytest.raises(ValueError, match="Expected even units"):
        zoo.PointerNetwork(units=5, bidirectional=True)
    with pytest.raises(ValueError, match="places"):
        zoo.PointerNetwork(places=0)
    with pytest.raises(ValueError, match="Expected finite coordinates"):
        model.solve(np.full((1, 3, 2), np.nan))
    with pytest.raises(ValueError, match="beam_width"):
        model.solve(np.zeros((1, 3, 2)), beam_width=0)
    with pytest.raises(ValueError, match="rule"):
        zoo.PointerNetwork(rule="tour")
    with pytest.raises(ValueError, match="rule"):
        zoo.PointerNetwork(units=4).solve(np.zeros((1, 3, 2)), rule="circles")
    with pytest.raises(ValueError, match="order"):
        zoo.PointerNetwork(order="random")
    with pytest.raises(ValueError, match="Expected dim=2 for order='angle'"):
        zoo.PointerNetwork(dim=3, order="angle")
    with pytest.raises(ValueError, match="units"):
        zoo.PointerNetwork(units=0)


def test_trace_has_where_each_step_points(points):
    model = shaken()
    inputs = {"points": points, "length": LENGTH, "pointers": np.ones((4, 5), "int32")}
    weights = model.trace(inputs)["weights"]
    assert weights.shape == (4, 5, 8)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)


def changed(inputs, name, at, value):
    array = np.array(inputs[name])
    array[at] = value
    return {**inputs, name: array}


@pytest.fixture
def examples(points):
    """Four answers that end, of sets of 7, 5, 6 and 3 points."""
    pointers = np.array([[7, 1, 2, 0], [5, 0, -1, -1], [6, 3, 0, -1], [0, -1, -1, -1]])
    return {"points": points, "length": LENGTH, "pointers": pointers}


@pytest.fixture(scope="module")
def untrained():
    return zoo.PointerNetwork(units=4)


@pytest.mark.parametrize(
    ("name", "at", "value", "message"),
    [
        ("pointers", (0, 1), 99, "from 1 to 7, the points of set 0, .* Received: 99$"),
        ("pointers", (1, 0), 6, "from 1 to 5, the points of set 1, .* Received: 6$"),
        ("pointers", (2, 1), -2, "and -1 after it. Received: -2$"),
        ("pointers", 0, [0, 6, 0, 1], r"count points from 1, .* Received: \[0, 6, 0, 1\]"),
        (
            "pointers",
            (0, 3),
            3,
            r"then 0 once, .* Received: \[7, 1, 2, 3\], of set 0",
        ),
        (
            "pointers",
            3,
            -1,
            r"then 0 once, .* \[-1, -1, -1, -1\], of set 3",
        ),
        ("points", (1, 4, 0), np.nan, r"finite coordinates.* \[nan, .*, point 4 of set 1"),
        ("points", (1, 4, 1), np.inf, "finite coordinates"),
        ("length", 2, 8, "lengths of 4 sets, whole numbers from 0 to 7"),
    ],
)
def test_examples_that_are_none_are_refused_before_the_first_step(
    untrained, examples, name, at, value, message
):
    before = untrained.get_weights()
    wrong = changed(examples, name, at, value)
    for call in (untrained.fit, untrained.evaluate):
        with pytest.raises(ValueError, match=message):
            call(wrong, wrong["pointers"])
    good = examples, examples["pointers"]
    with pytest.raises(ValueError, match=message):
        untrained.fit(*good, validation_data=(wrong, wrong["pointers"]))
    if name == "pointers":
        with pytest.raises(ValueError, match=message.replace("pointers", "targets")):
            untrained.fit(examples, wrong["pointers"])
    for old, new in zip(before, untrained.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_inputs_that_are_no_examples(untrained, examples):
    pointers = examples["pointers"]
    with pytest.raises(ValueError, match="dictionary of points, length, pointers. .*points$"):
        untrained.fit({"points": examples["points"]}, pointers)
    with pytest.raises(ValueError, match=r"targets of the shape .*\(4, 4\). .*\(4, 3\)"):
        untrained.fit(examples, np.array([[1, 0, -1]] * 4))
    with pytest.raises(ValueError, match=r"whole numbers \(4, steps\). Received: .*\(3, 4\)"):
        untrained.fit({**examples, "pointers": pointers[:3]}, pointers[:3])
    with pytest.raises(ValueError, match="whole numbers.* complex128"):
        untrained.fit({**examples, "pointers": pointers * 1j}, pointers)
    small = zoo.PointerNetwork(units=4, places=6)
    with pytest.raises(ValueError, match="from 1 to 5, the points of set 0.* Received: 7"):
        small.fit(examples, pointers)


def test_padding_may_be_anything(untrained, examples):
    """In training, in evaluation and in search."""
    is_padding = np.arange(7) >= LENGTH[:, None]
    spoiled = np.where(is_padding[..., None], np.nan, examples["points"])
    untrained.jit_compile = False
    expected, found = (
        untrained.evaluate({**examples, "points": p}, examples["pointers"], verbose=0)
        for p in (examples["points"], spoiled)
    )
    assert found == pytest.approx(expected, rel=1e-6)
    expected, found = (untrained.solve(p, LENGTH) for p in (examples["points"], spoiled))
    np.testing.assert_array_equal(found["indices"], expected["indices"])


def test_predictions_need_no_end(untrained, examples):
    untrained.jit_compile = False
    begun = {**examples, "pointers": examples["pointers"][:, :1]}
    assert untrained.predict(begun, verbose=0).shape == (4, 1, 8)
    with pytest.raises(ValueError, match="from 1 to 7, .* Received: 99"):
        untrained.predict(changed(begun, "pointers", (0, 0), 99))


def test_points_of_which_no_polygon_is_made(untrained):
    """Of points that are all one: one index. On a line: two. As the docstring says."""
    equal, line = np.ones((1, 4, 2)), np.arange(4.0)[None, :, None].repeat(2, axis=2)
    model = shaken(rule="simple_polygon")
    assert [len(answers(model.solve(p))[0]) for p in (equal, line)] == [1, 2]
    tour = answers(shaken(rule="permutation").solve(np.array([[[0, 0], [1, 0], [0, 1.0]]])))
    assert sorted(tour[0]) == [0, 1, 2]
