"""The models of runs and presets, loaded with their recipes."""

import numpy as np
import pytest

from keras_memory import recipes, zoo
from keras_memory.recipes.running.loading import find, load_model, saved_model
from keras_memory.recipes.running.recipe_of_model import recipe_of
from keras_memory.recipes.running.run import Run
from keras_memory.zoo.saving.presets import Preset


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


@pytest.mark.filterwarnings("ignore:Sequences of 120 vectors are longer than the memory")
def test_a_preset_of_one_s_own_has_the_recipe_of_its_model(tmp_path, tiny):
    model = tiny.model()
    model.save_to_preset(tmp_path / "mine")
    recipe, loaded = load_model(tmp_path / "mine")
    names = "bits", "memory_slots", "memory_width", "controller_units"
    assert [getattr(recipe, n) for n in names] == [getattr(tiny, n) for n in names]
    assert recipe.answer(loaded, bits="10,01")["copy"].count(",") == 1


@pytest.mark.parametrize("name", zoo.presets())
def test_the_recipe_of_a_model_is_the_one_that_trained_it(name):
    preset = Preset.get(name)
    expected = preset.metadata["recipe"]
    found = recipe_of(preset.config)
    in_world = {
        "kvmemnn_babi": "kvmemnn_babi_world",
        "memn2n_babi": "memn2n_babi_world",
        "memnn_babi": "memnn_babi_world",
        "slot_filling_atis": "slot_filling_world",
    }
    assert found.name == in_world.get(expected, expected)
    for field in ("units", "num_heads", "k_trunc", "order", "memory_width"):
        if field in type(found).__pydantic_fields__:
            trained = recipes.get(expected, **preset.metadata["overrides"])
            assert getattr(found, field) == getattr(trained, field)


def test_a_model_that_no_recipe_is_for_says_so(tmp_path):
    zoo.PointerNetwork(3, 4, "anything").save_to_preset(tmp_path / "mine")
    with pytest.raises(ValueError, match="a model that a recipe is for.*PointerNetwork"):
        load_model(tmp_path / "mine")
    assert isinstance(saved_model(find(tmp_path / "mine")), zoo.PointerNetwork)
