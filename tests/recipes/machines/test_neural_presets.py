"""Presets of stacks, queues and deques do what their cards say."""

import numpy as np
import pytest

from keras_memory import recipes, zoo
from keras_memory.zoo.saving.presets import Preset


@pytest.mark.parametrize("preset", zoo.presets("neural_transduction_*"))
def test_it_rewrites_what_is_longer_than_in_training(preset):
    metadata = Preset.get(preset).metadata
    changes = {"test_sequences": 20, "times": 2}
    recipe = recipes.get("neural_transduction", **{**metadata["overrides"], **changes})
    model = zoo.from_preset(preset)
    assert recipe.evaluate(model)[f"coarse_{recipe.task}"] == 1
    assert metadata["metrics"][f"coarse_{recipe.task}"] > 0.99


def test_strengths_of_a_stack_are_a_stack():
    """In a reversal: one more for each symbol read, one less for each that is written."""
    model = zoo.from_preset("neural_transduction_stack")
    source = np.random.default_rng(1).integers(1, 129, (1, 20)).astype("int32")
    target = np.pad(source[:, ::-1], ((0, 0), (0, 1)))
    strengths = model.trace({"source": source, "target": target})["strengths_0"]
    together = strengths.sum(axis=(2, 3))[0]
    np.testing.assert_allclose(np.diff(together)[1:18], 1, atol=0.1)
    np.testing.assert_allclose(np.diff(together)[21:39], -1, atol=0.1)


def test_it_closes_brackets_ten_times_as_deep_as_in_training():
    metadata = Preset.get("dyck_language").metadata
    changes = {"test_episodes": 20, "depth": 60}
    recipe = recipes.get("dyck_language", **{**metadata["overrides"], **changes})
    metrics = recipe.evaluate(zoo.from_preset("dyck_language"))
    assert metrics["accuracy_depth_60"] > 0.98
