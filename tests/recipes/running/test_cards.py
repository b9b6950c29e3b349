"""What cards of presets compare with is what the studies compare with today."""

import json

import pytest

from keras_memory import recipes, zoo
from keras_memory.recipes.running.reproduction import renew_study
from keras_memory.zoo.saving.model_cards import model_card
from keras_memory.zoo.saving.presets import Preset

ENTRIES = "tested", "published", "note", "targets"


@pytest.mark.parametrize("name", zoo.presets())
def test_a_card_has_what_its_study_has(name):
    """Where it does not, `renew_study` writes it anew."""
    preset = Preset.get(name)
    study = recipes.get(preset.metadata["recipe"], **preset.metadata["overrides"]).study
    expected = {key: getattr(study, key) for key in ENTRIES}
    assert {key: preset.metadata.get(key) for key in ENTRIES} == json.loads(
        json.dumps(expected)
    )
    card = (preset.folder / "README.md").read_text("utf-8")
    assert "memory:" not in card
    assert "from memory" not in card
    if study.note and any(metric in study.published for metric in preset.metadata["metrics"]):
        assert card.count(study.note) == 1


def test_what_the_study_has_is_renewed_and_nothing_else(tmp_path):
    model = zoo.from_preset("sab_adding")
    metadata = {**Preset.get("sab_adding").metadata, "note": "Old.", "tested": "Old."}
    model.save_to_preset(tmp_path / "sab_adding", metadata)
    before = Preset.get(tmp_path / "sab_adding").metadata
    renew_study(tmp_path / "sab_adding")
    after = Preset.get(tmp_path / "sab_adding").metadata
    assert after["note"] == "Not checked against the paper's table."
    assert {k: v for k, v in after.items() if k not in ENTRIES} == {
        k: v for k, v in before.items() if k not in ENTRIES
    }
    card = (tmp_path / "sab_adding" / "README.md").read_text("utf-8")
    assert card == model_card("sab_adding", after)
