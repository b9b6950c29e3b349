"""Answers of the data sets of points are right; files are read strictly."""

import importlib
import itertools
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.pointing import pointing_config, read_pointers

FOLDERS = "convex_hull", "delaunay_triangulation", "number_sorting", "travelling_salesman"
MODULES = {
    name: importlib.import_module(
        f"keras_memory.recipes.datasets.{name}.{name}_dataset_builder"
    )
    for name in FOLDERS
}
convex_hull = MODULES["convex_hull"].convex_hull
delaunay_triangulation = MODULES["delaunay_triangulation"].delaunay_triangulation
tour = MODULES["travelling_salesman"].tour
ascending = MODULES["number_sorting"].ascending


def side(a, b, c):
    """Positive if c is left of the way from a to b."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def length(points, way):
    corners = points[list(way)]
    return np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1).sum()


@pytest.mark.parametrize("n", [3, 5, 12])
def test_all_points_are_left_of_every_edge_of_the_hull(rng, n):
    for _ in range(50):
        points = rng.random((n, 2))
        hull = convex_hull(points)
        assert hull[0] == hull.min()
        for a, b in zip(hull, np.roll(hull, -1), strict=True):
            others = [c for c in range(n) if c not in (a, b)]
            assert all(side(points[a], points[b], points[c]) > 0 for c in others)


@pytest.mark.parametrize("n", [3, 5, 9])
def test_no_circle_around_a_triangle_holds_a_point(rng, n):
    for _ in range(30):
        points = rng.random((n, 2))
        triangles = delaunay_triangulation(points).reshape(-1, 3)
        assert (np.diff(triangles, axis=1) > 0).all()
        # Every triple whose circle is empty is there, and no other.
        found = {tuple(triangle) for triangle in triangles.tolist()}
        for triple in itertools.combinations(range(n), 3):
            a, b, c = points[list(triple)]
            centre = np.linalg.solve(
                2 * np.array([b - a, c - a]), [b @ b - a @ a, c @ c - a @ a]
            )
            radius = np.linalg.norm(centre - a)
            others = [p for i, p in enumerate(points) if i not in triple]
            is_empty = all(np.linalg.norm(centre - p) > radius for p in others)
            assert is_empty == (triple in found)
        incentres = MODULES["delaunay_triangulation"].incentres(points, triangles)
        assert (np.diff(incentres[:, 0]) >= 0).all()


def test_an_incentre_is_as_far_from_each_side():
    points = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    (centre,) = MODULES["delaunay_triangulation"].incentres(points, np.array([[0, 1, 2]]))
    np.testing.assert_allclose(centre, [1, 1])  # of the triangle 3, 4, 5, whose radius is 1


@pytest.mark.parametrize("n", [3, 4, 7])
def test_no_tour_is_shorter(rng, n):
    """Of all orders, the best."""
    for _ in range(10):
        points = rng.random((n, 2))
        way = tour(points)
        assert way[0] == 0
        assert sorted(way) == list(range(n))
        best = min(length(points, (0, *p)) for p in itertools.permutations(range(1, n)))
        assert length(points, way) == pytest.approx(best, rel=1e-4)
        corners = points[way]
        area = sum(
            side((0, 0), a, b) for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)
        )
        assert area > 0


def held_karp(points):
    """The length of the shortest tour, by dynamic programming over sets of cities."""
    n = len(points)
    d = np.linalg.norm(points[:, None] - points, axis=-1)
    best = {(1 << j, j): d[0, j] for j in range(1, n)}
    for size in range(2, n):
        for cities in itertools.combinations(range(1, n), size):
            bits = sum(1 << j for j in cities)
            for j in cities:
                rest = bits ^ (1 << j)
                best[bits, j] = min(best[rest, k] + d[k, j] for k in cities if k != j)
    return min(best[(1 << n) - 2, j] + d[j, 0] for j in range(1, n))


def test_tours_of_twelve_cities_are_those_of_held_and_karp(rng):
    points = rng.random((12, 2))
    assert length(points, tour(points)) == pytest.approx(held_karp(points), rel=1e-5)


@pytest.mark.parametrize("n", [16, 20, 30])
def test_longer_tours_visit_each_city_once(rng, n):
    points = rng.random((n, 2))
    way = tour(points)
    assert way[0] == 0
    assert sorted(way) == list(range(n))


def test_searched_tours_are_as_short_as_exact_ones(rng, monkeypatch):
    points = rng.random((16, 2))
    searched = length(points, tour(points))
    monkeypatch.setattr(MODULES["travelling_salesman"], "EXACT", 16)
    assert searched == pytest.approx(length(points, tour(points)), rel=1e-4)


def test_tours_of_one_and_two_cities():
    assert tour(np.ones((1, 2))).tolist() == [0]
    assert tour(np.eye(2)).tolist() == [0, 1]


def test_sorting_keeps_the_order_of_equal_numbers():
    assert ascending(np.array([[0.5], [0.1], [0.5], [0.2]])).tolist() == [1, 3, 0, 2]


def test_a_point_that_comes_again_is_once_in_the_hull():
    points = np.array([[0, 0], [1, 0], [1, 0], [0, 1], [0.5, 0]], float)
    assert len(convex_hull(points)) == 3
    assert set(convex_hull(points)) <= {0, 1, 2, 3}


@pytest.mark.parametrize("answer", [convex_hull, delaunay_triangulation])
@pytest.mark.parametrize("points", [[[0, 0], [1, 1]], [[0, 0], [0.5, 0.5], [1, 1]]])
def test_two_points_or_a_line_have_no_hull(answer, points):
    with pytest.raises(ValueError, match="Expected three points or more, not all on a line"):
        answer(np.array(points, float))


@pytest.mark.parametrize("answer", [convex_hull, delaunay_triangulation, tour, ascending])
def test_nan_is_refused(answer):
    with pytest.raises(ValueError, match="Expected finite coordinates"):
        answer(np.full((4, 2), np.nan))


@pytest.fixture(params=FOLDERS)
def builder(request):
    return MODULES[request.param].Builder


def test_examples_are_answered_and_seeded(builder):
    make = getattr(
        importlib.import_module(builder.__module__), "number_config", pointing_config
    )
    config = make(3, 6, train_examples=500)
    splits = {split: load(builder, config, split) for split in ("train", "test")}
    train = splits["train"]
    assert train["points"].shape == (500, 6, builder.dim)
    assert len(splits["test"]["points"]) == 1_000
    assert set(train["length"]) == {3, 4, 5, 6}
    assert ((train["points"] >= 0) & (train["points"] < 1)).all()
    for points, pointers, n in zip(
        train["points"][:50], train["pointers"], train["length"], strict=False
    ):
        answer = np.asarray(builder.answer(points[:n])) + 1
        assert pointers[: len(answer)].tolist() == answer.tolist()
        assert not pointers[len(answer) :].any()
        assert not points[n:].any()
    assert not np.array_equal(train["points"][:100], splits["test"]["points"][:100])


def test_numbers_have_so_many_decimals_and_differ():
    Builder, number_config = (
        getattr(MODULES["number_sorting"], name) for name in ("Builder", "number_config")
    )
    hundredths = 100 * load(Builder, number_config(10, 10), "test")["points"][..., 0]
    np.testing.assert_allclose(hundredths, np.round(hundredths), atol=1e-4)
    assert np.diff(np.sort(hundredths), axis=1).min() > 0.9
    any_number = 100 * load(Builder, number_config(10, 10, decimals=0), "test")["points"]
    assert (np.abs(any_number - np.round(any_number)) > 0.1).mean() > 0.7
    with pytest.raises(ValueError, match="Expected up to 10 different numbers. Received: 11"):
        load(Builder, number_config(11, 11, decimals=1), "test")


def _builder_test(name):
    class PointingTest(tfds.testing.DatasetBuilderTestCase):
        DATASET_CLASS = MODULES[name].Builder
        BUILDER_CONFIG_NAMES_TO_TEST = ["points_5"]
        EXAMPLES = 20
        SPLITS = {"validation": 20, "test": 20}
        EXAMPLE_DIR = str(Path(MODULES[name].__file__).parent)
        SKIP_CHECKSUMS = True

    return PointingTest


class ConvexHullTest(_builder_test("convex_hull")):
    pass


class SortingTest(_builder_test("number_sorting")):
    pass


class TravellingSalesmanTest(_builder_test("travelling_salesman")):
    pass


FILE = """0.1 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1
0 0 1 0 1 1 0 1 output 1 2 3 4 1
"""


def test_files_of_the_authors(tmp_path):
    path = tmp_path / "hulls.txt"
    path.write_text(FILE)
    examples = read_pointers(path)
    assert examples["length"].tolist() == [3, 4]
    assert examples["pointers"].tolist() == [[1, 2, 3, 0], [1, 2, 3, 4]]
    np.testing.assert_allclose(
        examples["points"][0], [[0.1, 0.2], [0.9, 0.2], [0.5, 0.8], [0, 0]]
    )


@pytest.mark.parametrize("way", ["1 2 3 4 1", "3 4 1 2 3", "1 4 3 2 1", "2 1 4 3 2"])
@pytest.mark.parametrize(
    "square", ["0 0 1 0 1 1 0 1", "9e6 9e6 9000001 9e6 9000001 9000001 9e6 9000001"]
)
def test_files_have_closed_lines_from_anywhere_in_any_direction(tmp_path, square, way):
    path = tmp_path / "squares.txt"
    path.write_text(f"{square} output {way}\n")
    for rule in ("permutation", "simple_polygon"):
        assert read_pointers(path, rule=rule)["pointers"].tolist() == [[1, 2, 3, 4]]


def test_of_other_dimensions_closed_lines_stay_as_they_are(tmp_path):
    path = tmp_path / "tours.txt"
    path.write_text("0 0 0 1 0 0 1 1 1 output 3 2 1 3\n")
    assert read_pointers(path, dim=3)["pointers"].tolist() == [[3, 2, 1]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0.1 0.2 0.9 0.2", "the word 'output'"),
        ("0.1 0.2 0.9 output 1 1", "coordinates of points, 2 each"),
        ("0.1 x 0.9 0.2 output 1 2 1", "coordinates and whole numbers"),
        ("0.1 nan 0.9 0.2 output 1 2 1", "finite coordinates"),
        ("0.1 0.2 0.9 0.2 output 1 2.5 1", "coordinates and whole numbers"),
        ("0.1 0.2 0.9 0.2 output 1 3 1", "numbers of points, from 1 to 2"),
        ("0.1 0.2 0.9 0.2 output 0 1 0", "numbers of points, from 1 to 2"),
        ("0.1 0.2 0.9 0.2 output 1 2", "the first number again at the end"),
        ("0.1 0.2 0_9 0.2 output 1 2 1", "coordinates and whole numbers"),
        ("\n0 output 1 1", "the word 'output'"),
    ],
)
def test_a_malformed_line_is_an_error_with_file_and_line(tmp_path, line, expected):
    path = tmp_path / "hulls.txt"
    path.write_text(FILE + line + "\n")
    with pytest.raises(ValueError, match=rf"hulls.txt:3: Expected .*{expected}"):
        read_pointers(path)


@pytest.mark.parametrize(
    ("rule", "answer", "expected"),
    [
        ("simple_polygon", "1 2", "a polygon, three numbers or more"),
        ("simple_polygon", "1 3 2 4", "a polygon that has an area"),
        ("simple_polygon", "1 2 3 2", "no number twice"),
        ("permutation", "1 2 3", "all numbers from 1 to 4"),
        ("triangles", "1 2", "three numbers that increase"),
        ("triangles", "1 2 4 3 2 4", "three numbers that increase"),
    ],
)
def test_an_answer_that_breaks_the_rule(tmp_path, rule, answer, expected):
    path = tmp_path / "answers.txt"
    path.write_text(f"0 0 1 0 1 1 0 1 output {answer}\n")
    with pytest.raises(ValueError, match=rf"answers.txt:1: Expected .*{expected}"):
        read_pointers(path, closed=False, rule=rule)
    read_pointers(path, closed=False)


def test_tabs_far_numbers_and_other_bytes(tmp_path):
    path = tmp_path / "hulls.txt"
    path.write_text("0.1\t0.2\t0.9 0.2 0.5 0.8\toutput\t1 2 3 1\n")
    assert read_pointers(path)["pointers"].tolist() == [[1, 2, 3]]
    path.write_text("1e300 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1\n")
    with pytest.raises(ValueError, match="Expected finite coordinates"):
        read_pointers(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"hulls.txt:1: Expected text in UTF-8"):
        read_pointers(path)


def test_an_empty_file_and_one_that_is_not_closed(tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_text("")
    with pytest.raises(ValueError, match="Expected examples, a line each. Received: none"):
        read_pointers(path)
    path.write_text("0.7 0.1 0.4 output 2 3 1\n")
    assert read_pointers(path, dim=1, closed=False)["pointers"].tolist() == [[2, 3, 1]]
