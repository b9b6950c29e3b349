"""Presets answer as exported, in each format that can hold them."""

import json

import pytest

from keras_memory import zoo
from keras_memory.recipes.running import exporting
from keras_memory.zoo.saving.presets import Preset

pytestmark = pytest.mark.long


def outline(value):
    """A configuration without sizes, words and names: of one outline is one graph."""
    if isinstance(value, dict):
        return {key: outline(entry) for key, entry in value.items() if key != "name"}
    if isinstance(value, list):
        return [outline(entry) for entry in value if not isinstance(entry, (int, str))]
    return "number" if type(value) in (int, float) else value


def a_preset_of_each_outline():
    found = {}
    for name in zoo.presets():
        found.setdefault(json.dumps(outline(Preset.get(name).config), sort_keys=True), name)
    return sorted(found.values())


OF_LITERT = (
    *("associative_recall", "autoencoder_mnist", "dense_memory_mnist", "dyck_language"),
    *("dynamic_ngrams", "sequence_gates", "sequence_gates_elman", "stack_counting"),
)
# In three steps, rounding of 1e-6 may grow to 5e-3, as slots are compared however short they
# are: whether other formats are refused depends on how the model itself is compiled.
MULTIPLIES_ROUNDING = ("reused_copy",)
# Of a stream, whose state is as long as the sequence: how long that is at most.
STEPS = {"dyck_language": 12, "stack_counting": 12}


@pytest.mark.parametrize("preset", a_preset_of_each_outline())
def test_presets_in_every_format(preset, tmp_path):
    """`export` compares what it wrote with the model."""
    model, steps = zoo.from_preset(preset), STEPS.get(preset)
    exporting.export(model, tmp_path / "saved", steps=steps)
    if preset in MULTIPLIES_ROUNDING:
        return
    exporting.export(model, tmp_path / "model.onnx", "onnx", steps=steps)
    if preset in OF_LITERT:
        exporting.export(model, tmp_path / "model.tflite", "litert", steps=steps)
    else:
        with pytest.raises(ValueError, match="step by step|that litert can hold"):
            exporting.export(model, tmp_path / "model.tflite", "litert", steps=steps)
