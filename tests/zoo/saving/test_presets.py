import importlib
import json
import sys

import keras
import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.zoo import NTM, PretrainedModel
from keras_memory.zoo.saving.presets import Preset, presets, sha256

METADATA = {
    "preset": "ntm_tiny",
    "summary": "An NTM that learned nothing",
    "recipe": "ntm_copy",
    "overrides": {"bits": 2},
    "seed": 3,
    "training_seconds": 12.4,
    "metrics": {"bits_per_sequence_length_20": 0.12345678, "failed_tasks": 0},
    "published": {"bits_per_sequence_length_20": ["0.01", "figure 4"]},
}


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(2, 4, 3)).astype("float32")


@pytest.fixture(scope="module")
def model(make_ntm):
    return make_ntm()


@pytest.fixture
def preset(model, tmp_path):
    folder = tmp_path / "ntm_tiny"
    model.save_to_preset(folder, METADATA)
    return folder


def test_round_trip(preset, model, inputs):
    for again in (zoo.from_preset(preset), NTM.from_preset(str(preset))):
        assert isinstance(again, NTM)
        assert again.get_config() == model.get_config()
        np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)
        assert again.optimizer is not None


def test_weights_in_half_precision(preset, model, tmp_path):
    folder = tmp_path / "half"
    model.save_to_preset(folder, METADATA, half_precision=True)
    for whole, half in zip(
        model.get_weights(), zoo.from_preset(folder).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(half, whole.astype("float16").astype("float32"))
    sizes = [(path / "model.weights.h5").stat().st_size for path in (folder, preset)]
    assert sizes[0] < sizes[1]
    assert "half precision" in (folder / "README.md").read_text("utf-8")
    assert "half precision" not in (preset / "README.md").read_text("utf-8")


def test_weights_too_large_for_half_precision(make_ntm, tmp_path):
    large = make_ntm()
    large.set_weights([w + 1e5 for w in large.get_weights()])
    with pytest.raises(ValueError, match="up to 65504 for half precision. Received: 1000"):
        large.save_to_preset(tmp_path / "large", half_precision=True)
    assert not (tmp_path / "large").exists()


def test_files_of_a_preset(preset):
    assert sorted(file.name for file in preset.iterdir()) == [
        "README.md",
        "config.json",
        "metadata.json",
        "model.weights.h5",
    ]
    assert [entry.name for entry in preset.parent.iterdir()] == ["ntm_tiny"]


def test_larger_memory(preset, model):
    larger = zoo.from_preset(preset, memory_slots=50)
    assert larger.get_config() == {**model.get_config(), "memory_slots": 50}
    for found, expected in zip(larger.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_architecture_alone(preset, model):
    (preset / "model.weights.h5").unlink()
    fresh = zoo.from_preset(preset, load_weights=False)
    assert fresh.get_config() == model.get_config()
    assert not np.allclose(fresh.get_weights()[0], model.get_weights()[0])


def test_override_that_the_weights_do_not_fit(preset):
    with pytest.raises(ValueError):
        zoo.from_preset(preset, memory_width=9)


def test_unknown_override(preset):
    with pytest.raises(ValueError, match="memory_slots.*Received: 'memory_slot'"):
        zoo.from_preset(preset, memory_slot=9)


def test_unknown_preset(tmp_path):
    with pytest.raises(ValueError, match="Received: 'ntm_cpoy'"):
        zoo.from_preset("ntm_cpoy")
    with pytest.raises(ValueError, match="name of a preset"):
        zoo.from_preset(tmp_path)


def test_corrupted_weights(preset):
    weights = preset / "model.weights.h5"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="corrupted: expected sha256"):
        zoo.from_preset(preset)


def test_missing_weights(preset):
    (preset / "model.weights.h5").unlink()
    with pytest.raises(ValueError, match="sha256.*Received: no file"):
        zoo.from_preset(preset)


@pytest.mark.parametrize("name", ["config.json", "metadata.json"])
def test_broken_json(name, preset):
    (preset / name).write_text("{")
    with pytest.raises(ValueError, match=f"Expected JSON in .*{name}"):
        zoo.from_preset(preset)


def damages(entries):
    """Contents that a JSON file with these entries must not have."""
    whole = [None, [], "text", 3, {}]
    for name in entries:
        for value in (None, [], 3, {"a": 1} if name == "sha256" else "text"):
            whole.append({**entries, name: value})
        whole.append({k: v for k, v in entries.items() if k != name})
    return whole


NTM_NAME = "keras_memory>NTM"
DAMAGES = [
    *(("config.json", x) for x in damages({"registered_name": NTM_NAME, "config": {}})),
    *(("metadata.json", x) for x in damages({"sha256": "0"})),
    ("config.json", {"registered_name": "keras_memory>NoSuch", "config": {}}),
    ("config.json", {"registered_name": "keras_memory>load", "config": {}}),
    ("config.json", {"registered_name": "keras_memory>NTM", "config": {"slots": 3}}),
    ("metadata.json", {"sha256": "0", "recipe": ["ntm_copy"]}),
    ("metadata.json", {"sha256": "0", "recipe": "ntm_copy", "overrides": []}),
    ("metadata.json", {"sha256": "0", "summary": {}}),
]


@pytest.mark.parametrize(("name", "content"), DAMAGES, ids=str)
def test_a_damaged_preset_is_one_clear_line(name, content, preset):
    (preset / name).write_text(json.dumps(content))
    with pytest.raises(ValueError, match="Expected|expected") as caught:
        zoo.from_preset(preset)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [None, [], {}, "text", -1, 0, 1.5], ids=str)
@pytest.mark.parametrize("argument", ["memory_slots", "controller"])
def test_a_damaged_argument_is_one_clear_line(argument, value, preset):
    config = json.loads((preset / "config.json").read_text())
    config["config"][argument] = value
    (preset / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="Expected") as caught:
        zoo.from_preset(preset)
    assert "\n" not in str(caught.value)


HOSTILE = [
    {"module": "antigravity", "class_name": "Fly", "config": {}, "registered_name": "Fly"},
    {
        "module": "os",
        "class_name": "function",
        "config": "system",
        "registered_name": "system",
    },
    {"module": "keras.utils", "class_name": "function", "config": "get_file"},
    {"module": "keras.models", "class_name": "function", "config": "load_model"},
    {"module": "keras.models", "class_name": "load_model", "config": {}},
    {"module": "keras.layers", "class_name": "Lambda", "config": {}},
    {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/tmp"}},
    {"class_name": "__lambda__", "config": {"value": "4wAAAA=="}},
    {"module": "builtins", "class_name": "eval", "config": {}},
    {"module": "keras.src.utils.file_utils", "class_name": "Anything", "config": {}},
]


@pytest.mark.parametrize(
    "config", HOSTILE, ids=lambda c: f"{c.get('module')}-{c['class_name']}"
)
def test_classes_of_others_are_refused_before_anything_is_made(config, preset, monkeypatch):
    written = json.loads((preset / "config.json").read_text())
    written["config"]["controller"] = {"deep": [config]}
    (preset / "config.json").write_text(json.dumps(written))
    monkeypatch.setattr(NTM, "from_config", lambda config: pytest.fail("was made"))
    with pytest.raises(ValueError, match="Expected classes of Keras.*config.json. Received"):
        zoo.from_preset(preset)
    assert "antigravity" not in sys.modules


def test_weights_that_are_not_finite_are_refused(make_ntm, tmp_path):
    model = make_ntm()
    weights = model.get_weights()
    weights[2].flat[0] = np.nan
    model.set_weights(weights)
    model.save_to_preset(tmp_path / "nan")
    with pytest.raises(ValueError, match="Expected finite weights. Received: NaN"):
        zoo.from_preset(tmp_path / "nan")


def test_preset_of_another_class(preset):
    class Other(PretrainedModel):
        pass

    with pytest.raises(ValueError, match="Expected a preset of Other. .*NTM"):
        Other.from_preset(preset)


def test_metadata_is_kept(preset):
    metadata = Preset.get(preset).metadata
    assert metadata == {**METADATA, "sha256": sha256(preset / "model.weights.h5")}
    assert "sha256" not in METADATA


def test_card(preset):
    card = (preset / "README.md").read_text("utf-8")
    assert card.startswith("# ntm_tiny\n\nAn NTM that learned nothing.\n")
    assert "| bits_per_sequence_length_20 | 0.1235 | 0.01 | figure 4 |" in card
    assert "| failed_tasks | 0 |  |  |" in card
    assert "| Changed fields | bits=2 |" in card
    assert "| Training time | 12 s |" in card


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ({"failed_tasks": ("≤", 0)}, "Every target is reached."),
        ({"failed_tasks": ("≥", 0)}, "Every target is reached."),
        (
            {"failed_tasks": ("≥", 2), "bits_per_sequence_length_20": ("≤", 0.1)},
            "**Missed**: failed_tasks is 0, with a target of ≥ 2; "
            "bits_per_sequence_length_20 is 0.1235, with a target of ≤ 0.1.",
        ),
        ({"never_measured": ("≤", 1)}, "**Missed**: never_measured is nan"),
    ],
)
def test_card_says_which_targets_are_missed(targets, says, model, tmp_path):
    model.save_to_preset(tmp_path / "aimed", {**METADATA, "targets": targets})
    assert says in (tmp_path / "aimed" / "README.md").read_text("utf-8")


def test_card_says_how_many_targets_there_are_and_of_what(model, tmp_path):
    targets = {"failed_tasks": ("≤", 0)}
    metadata = {**METADATA, "targets": targets, "tested": "one fold of 20 images"}
    model.save_to_preset(tmp_path / "fold", metadata)
    card = (tmp_path / "fold" / "README.md").read_text("utf-8")
    count = len(METADATA["metrics"])
    says = f"1 of the {count} metrics, on one fold of 20 images: failed_tasks ≤ 0."
    assert f"Every target is reached. There are targets for {says}" in card


def test_a_note_marks_the_published_figures(model, tmp_path):
    note = "Not checked against the paper's table."
    model.save_to_preset(tmp_path / "marked", {**METADATA, "note": note})
    card = (tmp_path / "marked" / "README.md").read_text("utf-8")
    assert "| bits_per_sequence_length_20 | 0.1235 | 0.01 \\* | figure 4 |" in card
    assert "| failed_tasks | 0 |  |  |" in card
    assert card.count(note) == card.count(f"\\* {note}") == 1
    model.save_to_preset(tmp_path / "none", {**METADATA, "note": note, "published": {}})
    assert "\\*" not in (tmp_path / "none" / "README.md").read_text("utf-8")


def test_card_of_nothing_known(model, tmp_path):
    model.save_to_preset(tmp_path / "bare")
    card = (tmp_path / "bare" / "README.md").read_text("utf-8")
    assert card.startswith("# ntm\n")
    assert "sha256 of the weights" in card
    assert "None" not in card


def test_saving_replaces(preset, make_ntm):
    other = make_ntm(memory_slots=3)
    other.save_to_preset(preset)
    assert zoo.from_preset(preset).get_config()["memory_slots"] == 3
    assert Preset.get(preset).metadata.keys() == {"sha256"}


def test_failure_leaves_the_older_preset(preset, model):
    before = {file.name: file.read_bytes() for file in preset.iterdir()}
    with pytest.raises(TypeError):
        model.save_to_preset(preset, {"not JSON": object()})
    assert {file.name: file.read_bytes() for file in preset.iterdir()} == before
    assert [entry.name for entry in preset.parent.iterdir()] == ["ntm_tiny"]


def test_config_names_the_registered_class(preset):
    config = json.loads((preset / "config.json").read_text())
    assert config["registered_name"] == "keras_memory>NTM"
    assert keras.saving.deserialize_keras_object(config).get_config() == config["config"]


@pytest.mark.parametrize("name", zoo.presets())
def test_shipped_presets_load(name):
    model = zoo.from_preset(name)
    assert isinstance(model, PretrainedModel)
    metadata = Preset.get(name).metadata
    assert {"recipe", "seed", "metrics"} <= metadata.keys()


def test_a_preset_is_found_by_its_name_or_its_folder(preset, tmp_path, monkeypatch):
    assert Preset.find(preset).folder == Preset.get(str(preset)).folder == preset
    assert Preset.find("ntm_copy").metadata["recipe"] == "ntm_copy"
    assert Preset.find("nothing") is Preset.find(tmp_path) is None
    with pytest.raises(ValueError, match="the name of a preset .*ntm_copy.*Received: 'no'"):
        Preset.get("no")
    # A bare name is that of a shipped one, even beside a folder that is called the same.
    preset.rename(tmp_path / "ntm_copy")
    monkeypatch.chdir(tmp_path)
    assert Preset.get("ntm_copy").metadata["overrides"] != METADATA["overrides"]
    assert Preset.get("./ntm_copy").metadata["overrides"] == METADATA["overrides"]


def test_presets_by_a_pattern():
    assert presets("*mil_*") == [f"hopfield_mil_{x}" for x in ("elephant", "fox", "tiger")]
    assert presets("nothing*") == []


def test_shipped_configs_name_todays_modules():
    """For readers, since classes are found by their registered names."""
    checked = set()

    def check(config):
        if isinstance(config, list):
            [check(part) for part in config]
        elif isinstance(config, dict):
            if config.get("module", "").startswith("keras_memory."):
                module = importlib.import_module(config["module"])
                assert getattr(module, config["class_name"]).__module__ == config["module"]
                checked.add(config["class_name"])
            [check(part) for part in config.values()]

    for name in zoo.presets():
        check(Preset.get(name).config)
    assert {"NTM", "AdditiveScore", "LinearStart"} <= checked


OLD_NAME = """
import warnings
from keras_memory import zoo
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    folders = zoo.preset_folders
    assert not caught
    assert "ntm_copy" in folders.presets()
assert [warning.category for warning in caught] == [DeprecationWarning]
assert "preset_folders" not in zoo.__all__
"""


def test_the_old_name_of_the_module_is_an_attribute(children, backend):
    """Of a process that has imported nothing else."""
    children.run(OLD_NAME, backend=backend)


def test_the_old_name_of_the_module_warns(preset):
    from keras_memory.zoo import preset_folders

    with pytest.warns(DeprecationWarning, match="read_metadata"):
        assert preset_folders.read_metadata(preset)["seed"] == METADATA["seed"]
    with pytest.warns(DeprecationWarning, match="presets"):
        assert "ntm_copy" in preset_folders.presets()
    with pytest.warns(DeprecationWarning, match="checked_weights"):
        assert preset_folders.checked_weights(preset).name == "model.weights.h5"
