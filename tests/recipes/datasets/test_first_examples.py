"""Pictures are made of the first examples of a split, and nothing is prepared for them."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.datasets import convex_hull, first_examples, load
from keras_memory.recipes.datasets.pointing import pointing_config


def test_they_are_the_first_of_the_split(monkeypatch, tmp_path):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    config = pointing_config(5, 7)
    unprepared = first_examples(convex_hull.Builder, config, "test", 20)
    assert not list(tmp_path.iterdir())
    whole = load(convex_hull.Builder, config, "test")
    prepared = first_examples(convex_hull.Builder, config, "test", 20)
    for name, values in unprepared.items():
        assert values.dtype == whole[name].dtype
        widest = tuple(slice(size) for size in values.shape)
        np.testing.assert_array_equal(values, whole[name][widest])
        np.testing.assert_array_equal(prepared[name][widest], values)


@pytest.mark.filterwarnings("ignore:Even though the")
@pytest.mark.parametrize("name", ["pointer_convex_hull", "pointer_tsp", "pointer_sort"])
def test_pictures_of_points_prepare_no_data(monkeypatch, tmp_path, name):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe = recipes.get(name, units=4, max_points=6, points=6, beam_width=1)
    assert recipe.figures(recipe.model())
    assert not list(tmp_path.iterdir())
