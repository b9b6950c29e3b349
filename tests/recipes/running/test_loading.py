"""The models of runs and presets, loaded with their recipes."""

import numpy as np
import pytest

from keras_memory.recipes.running.loading import load_model
from keras_memory.recipes.running.run import Run


def test_load_model_takes_overrides_that_fit(tiny_run):
    recipe, model = load_model(tiny_run.folder, memory_slots=9)
    assert model.cell.memory_slots == recipe.memory_slots == 9
    for mine, theirs in zip(model.get_weights(), tiny_run.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    with pytest.raises(ValueError, match="fields that fit the weights"):
        load_model(tiny_run.folder, memory_width=7)


def test_a_preset_s_name_is_not_a_folder_s(tmp_path, monkeypatch, tiny):
    Run.start(tiny, tmp_path / "ntm_copy")
    monkeypatch.chdir(tmp_path)
    recipe, _ = load_model("ntm_copy")
    assert recipe.bits == 8
    with pytest.raises(ValueError, match="trained to its end"):
        load_model("./ntm_copy")


def test_a_preset_without_a_recipe_says_so(tmp_path, tiny):
    tiny.model().save_to_preset(tmp_path / "mine")
    with pytest.raises(ValueError, match="mine, whose metadata.json names no recipe"):
        load_model(tmp_path / "mine")
