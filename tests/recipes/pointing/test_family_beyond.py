"""Points beyond the paper's test: where they are, how many, and what a right network has."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.pointing import family_beyond
from keras_memory.recipes.running.beyond import beyond

NAMES = "pointer_convex_hull", "pointer_delaunay", "pointer_sort", "pointer_tsp"


@pytest.mark.parametrize("name", NAMES)
def test_a_network_that_is_right_is_right_in_every_place(name, monkeypatch):
    monkeypatch.setattr(family_beyond, "EXAMPLES", 4)
    recipe = recipes.get(name)
    counts = []

    def right(self, model, points, length):
        counts.append(points.shape[1])
        rows = [np.asarray(self.builder.answer(example)) for example in points]
        longest = max(map(len, rows))
        return np.array([np.pad(r, (0, longest - len(r)), constant_values=-1) for r in rows])

    monkeypatch.setattr(type(recipe), "solve", right)
    rows = beyond(recipe, None)
    assert [row["accuracy_percent"] for row in rows] == [100] * len(rows)
    places = len(family_beyond.PLACES) - (2 if recipe.dim == 1 else 0)
    known = min(10, recipe.max_points)
    more = recipe.max_points * 3 // 2
    assert counts == [known] * places + [recipe.min_points - 1, more]
    assert rows[0]["condition"] == f"{known} points, uniform"


@pytest.mark.parametrize("name", family_beyond.PLACES)
def test_points_are_where_the_condition_says(name, rng):
    points = family_beyond.PLACES[name](rng, (50, 8, 2))
    assert points.shape == (50, 8, 2)
    centre = points - points.mean(axis=1, keepdims=True)
    widths = np.linalg.svd(centre, compute_uv=False)
    if name == "near a line":
        assert (widths[:, 1] < 0.02).all()
    elif name == "near a circle":
        radius = np.linalg.norm(points - 0.5, axis=-1)
        np.testing.assert_allclose(radius, 0.5, atol=0.01)
    elif name == "in three clusters":
        nearest = np.sort(np.linalg.norm(points[:, :, None] - points[:, None], axis=-1))
        assert np.median(nearest[:, :, 1]) < 0.1
    elif name == "uniform, moved and magnified":
        assert (points >= 1e4).all()
        assert (points <= 1.1e4).all()
    else:
        assert (points >= 0).all()
        assert (points <= 1).all()
        assert (widths[:, 1] > 0.02).mean() > 0.9


def test_a_baseline_knows_no_other_numbers():
    baseline = recipes.get("pointer_convex_hull", architecture="lstm", max_points=5)
    assert beyond(baseline, None) == []
