"""The study of capacity, on networks small enough for a test."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.associative import hopfield_capacity as study
from keras_memory.zoo.associative.theory import (
    CRITICAL_LOAD,
    attractor_error,
    capacity,
    first_update_error,
)


@pytest.fixture(scope="module", autouse=True)
def small():
    """Fewer loads, cues and units; the caches of other studies are cleared."""
    smaller = {
        "LOADS": {"hebb": (0.05, 0.3), "pseudo_inverse": (0.5, 1.0)},
        "BASIN_UNITS": 60,
        "BASIN_SEEDS": 1,
        "POWERS": {3: (20, 40)},
        "DENSE_SEEDS": 3,
        "MANY": 300,
        "UNITS": 50,
    }
    cached = (
        study.classical_errors,
        study.basins,
        study.dense_capacities,
        study.exponential_recall,
    )
    for function in cached:
        function.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in smaller.items():
            patch.setattr(study, name, value)
        yield
    for function in cached:
        function.cache_clear()


def test_few_patterns_are_recalled_and_many_are_not():
    errors = study.classical_errors((60,), 2)
    assert np.mean(errors["hebb"][60][0.05]) == 0
    assert np.mean(errors["hebb"][60][0.3]) > 0.05
    for shares in errors["pseudo_inverse"][60].values():
        assert shares == (0.0, 0.0)


def test_basins_shrink_with_the_load():
    basins = study.basins()
    assert basins["hebb"][0.05] >= 0.2
    assert basins["hebb"][0.3] == 0
    assert basins["pseudo_inverse"][0.5] > basins["pseudo_inverse"][1.0]


def test_dense_memories_hold_a_power_of_their_units():
    (capacities,) = study.dense_capacities().values()
    assert 1.5 < study._exponent(capacities) < 2.5


def test_the_exponential_memory_holds_far_more_than_its_units():
    assert study.exponential_recall() == 100


def test_the_recipe(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe = recipes.get("hopfield_capacity", units=60, patterns=4, sizes=60, seeds=2)
    run = recipe.fit(run_dir=tmp_path / "run", verbose=0)
    assert run.metrics["recalled_percent"] == 100
    assert run.metrics["wrong_percent_hebb_n_60_load_0.05"] == 0
    assert run.metrics["recalled_percent_exponential_patterns_300"] == 100
    assert set(recipe.figures(run.model)) == {
        "recall_strip",
        "energy",
        "overlap_against_load",
        "basin_against_load",
        "dense_capacity",
    }


def test_theory():
    """Values of Amit, Gutfreund and Sompolinsky: 1.6 % wrong at the critical load."""
    assert attractor_error(0.01) < 1e-6
    assert 0.012 < attractor_error(CRITICAL_LOAD - 1e-3) < 0.017
    assert attractor_error(0.2) == 0.5
    np.testing.assert_allclose(first_update_error(1.0), 0.158655, rtol=1e-4)
    assert [round(capacity(rule, 100)) for rule in ("hebb", "storkey", "pseudo_inverse")] == [
        14,
        33,
        99,
    ]


def test_too_small_for_a_pattern():
    with pytest.raises(ValueError, match=r"20 units or more.* Received: \(8, 100\)"):
        recipes.get("hopfield_capacity", sizes=(8, 100))
