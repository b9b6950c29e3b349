"""What there is to know of whatever `list` and a folder hold."""

import json
import shutil

import pytest

from keras_memory.recipes import registry
from keras_memory.zoo.saving.presets import Preset, presets


@pytest.mark.parametrize("name", [*presets()])
def test_every_preset_that_is_listed(run, name):
    """Those that are called as their recipe describe both."""
    completed = run("info", name, "--json")
    assert completed.exit_code == 0, completed.output
    entry = json.loads(completed.stdout)
    metadata = Preset.get(name).metadata
    if name in registry.RECIPES:
        assert entry["recipe"] == name
        assert name in entry["presets"]
        entry = entry["preset"]
    assert entry["preset"] == name
    assert entry["metrics"] == metadata["metrics"]
    assert entry["facts"]["Recipe"] == metadata["recipe"]
    assert entry["predict"] == registry.QUESTIONS.get(metadata["recipe"], {})


def test_a_preset_in_words(run):
    text = run("info", "memn2n_babi_1k_joint").stdout
    assert "MemN2N" in text
    assert "error_percent_task_01" in text
    assert "predict memn2n_babi_1k_joint --story" in text
    both = run("info", "ntm_copy").stdout
    assert "memory_slots" in both
    assert "The preset ntm_copy" in both
    assert "presets: ntm_copy" in both


def test_a_preset_of_ones_own(run, tmp_path):
    """Nothing but its weights need be known of it."""
    folder = shutil.copytree(Preset.get("key_value_lookup").folder, tmp_path / "mine")
    sha256 = json.loads((folder / "metadata.json").read_text())["sha256"]
    (folder / "metadata.json").write_text(json.dumps({"sha256": sha256}))
    completed = run("info", folder)
    assert completed.exit_code == 0, completed.output
    assert "KeyValueMemory" in completed.stdout
    assert sha256[:20] in completed.stdout


def test_a_run(run, lookup_run):
    completed = run("info", lookup_run.folder, "--json")
    assert completed.exit_code == 0, completed.output
    entry = json.loads(completed.stdout)
    assert entry["metrics"] == lookup_run.metrics
    assert entry["facts"]["Epochs"] == "4 of 4"
    assert entry["facts"]["Finished"] == "yes"
    assert entry["facts"]["Size"].endswith(" MB")
    assert "--set distractors=3" in entry["facts"]["Changed fields"]
    assert "key_value_lookup" in run("info", lookup_run.folder).stdout


def test_whatever_is_nothing(mistake):
    line = mistake("info", "memn2n_babi_1k_join")
    assert "Expected the name of a recipe or of a preset" in line
    assert "did you mean 'memn2n_babi_1k_joint'" in line
