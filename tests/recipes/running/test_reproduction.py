"""The study behind a model card."""

import dataclasses
import json
import re
import shutil
from types import SimpleNamespace

import pytest

from keras_memory import recipes
from keras_memory.recipes.running.reproduction import folder_of, renew_beyond, reproduce
from keras_memory.recipes.running.run import Run
from keras_memory.recipes.running.study import lowest_validation_loss
from keras_memory.zoo.saving.presets import Preset

pytestmark = pytest.mark.long

BEYOND = [{"condition": "longer", "wrong bits": 3, "target": "0"}]
BASELINE = {"architecture": "lstm", "seed": 0}
PARTS = {"machines": [{"seed": 0}, {"seed": 1}], "baseline": [BASELINE]}


@pytest.fixture(scope="module")
def reproduced(tiny, tmp_path_factory):
    """Two seeds and a baseline, each trained for an epoch: the study's runs and preset."""
    measured = []

    def further_metrics(recipe, model, split="test"):
        measured.append(recipe.seed)
        return {"bits_per_sequence_length_1000_slots_2048": 0.5}

    recipe = recipes.registry.recipe_class("ntm_copy")
    study = dataclasses.replace(
        recipe.study,
        parts=PARTS,
        rank=lowest_validation_loss,
        further_metrics=further_metrics,
        beyond=lambda recipe, model: BEYOND,
    )
    fields = {**tiny.overrides, "epochs": 1, "length": (2,)}
    root = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "study", study)
        (folder,) = reproduce("ntm_copy", root / "runs", root / "presets", **fields)
        assert folder == root / "presets" / "ntm_copy"
        yield SimpleNamespace(
            fields=fields, runs=root / "runs", preset=folder, measured=tuple(measured)
        )


@pytest.fixture
def study(reproduced, monkeypatch):
    """The same fields; what would train takes the run that was trained in `reproduced`."""

    def train(self, verbose="auto", trainer=None):
        trained = reproduced.runs / self.folder.relative_to(self.folder.parents[2])
        shutil.copytree(trained, self.folder, copy_function=shutil.copy, dirs_exist_ok=True)
        return self

    monkeypatch.setattr(Run, "train", train)
    return reproduced.fields


def test_a_study_ends_in_a_preset_and_its_card(reproduced):
    folder = reproduced.preset
    metadata = json.loads((folder / "metadata.json").read_text())
    machines, baseline = metadata["studies"]
    assert [row[0] for row in machines["rows"]] == [0, 1]
    assert [row[0] for row in baseline["rows"]] == [0]
    assert metadata["chosen_by"].endswith("among 2 runs")
    assert {path.name for path in folder.glob("*.png")} == {
        "memory_tape.png",
        "learning_curves.png",
    }
    card = (folder / "README.md").read_text()
    assert "## machines" in card
    assert "## baseline" in card
    assert metadata["beyond"] == [{**BEYOND[0], "reached": "no"}]
    assert "**Not reached**: longer." in card

    runs = [Run.open(path.parent) for path in reproduced.runs.glob("**/metrics.json")]
    ntms = [run for run in runs if run.recipe.architecture == "ntm"]
    assert (len(runs), len(ntms)) == (3, 2)
    best = min(ntms, key=lambda run: run.recipe.study.rank(run))
    assert metadata["seed"] == best.recipe.seed
    for name, value in best.metrics.items():
        assert metadata["metrics"][name] == value
    assert metadata["metrics"]["bits_per_sequence_length_1000_slots_2048"] == 0.5
    assert [row[-1] for row in machines["rows"]] == [0.5, 0.5]
    assert sorted(reproduced.measured) == [0, 0, 1]  # once a run


def test_a_stopped_study_goes_on_and_keeps_what_is_finished(study, tmp_path, monkeypatch):
    def train(self, verbose="auto", trainer=None):
        if self.recipe.seed == 1:
            raise KeyboardInterrupt
        return plain(self, verbose, trainer)

    plain = Run.train
    arguments = ("ntm_copy", tmp_path / "runs", tmp_path / "presets")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Run, "train", train)
        reproduce(*arguments, **study)
    assert not (tmp_path / "presets").exists()
    times = {path: path.stat().st_mtime_ns for path in tmp_path.glob("runs/**/model.keras")}
    assert len(times) == 1
    reproduce(*arguments, **study)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert len(list(tmp_path.glob("runs/**/model.keras"))) == 3


def test_runs_in_parallel_are_the_same_runs(reproduced, tmp_path):
    arguments = "ntm_copy", tmp_path / "runs", tmp_path / "presets"
    (folder,) = reproduce(*arguments, jobs=2, part="machines", **reproduced.fields)
    one, two = (Preset.get(path).metadata for path in (reproduced.preset, folder))
    assert one["metrics"] == two["metrics"]
    assert one["studies"][:1] == two["studies"]


def test_a_part_of_a_study(study, tmp_path):
    """The card reports what is finished."""
    arguments = ("ntm_copy", tmp_path / "runs", tmp_path / "presets")

    def titles():
        metadata = json.loads((tmp_path / "presets/ntm_copy/metadata.json").read_text())
        return [part["title"] for part in metadata["studies"]]

    assert reproduce(*arguments, part="baseline", **study) == []  # no candidate
    reproduce(*arguments, part="machines", **study)
    assert titles() == ["machines", "baseline"]
    with pytest.raises(ValueError, match="'machines', 'baseline'.. Received: 'nothing'"):
        reproduce(*arguments, part="nothing", **study)
    with pytest.raises(ValueError, match="each run of the study of its own.*'seed': 3"):
        reproduce(*arguments, seed=3, **study)
    with pytest.raises(ValueError, match="none, as memn2n_ptb has no study"):
        reproduce("memn2n_ptb", tmp_path / "runs")


def test_a_part_joins_the_card_of_a_preset_whose_runs_are_elsewhere(study, tmp_path):
    presets = tmp_path / "presets"
    (folder,) = reproduce("ntm_copy", tmp_path / "a", presets, part="machines", **study)
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    for _ in range(2):  # the second time it takes its own place
        assert reproduce("ntm_copy", tmp_path / "b", presets, part="base", **study) == [
            folder
        ]
    before, after = json.loads(contents["metadata.json"]), Preset.get(folder).metadata
    assert [part["title"] for part in after["studies"]] == ["machines", "baseline"]
    assert {**after, "studies": before["studies"]} == before
    assert "## baseline" in (folder / "README.md").read_text()
    for path in folder.iterdir():
        if path.name not in ("metadata.json", "README.md"):
            assert path.read_bytes() == contents[path.name]


def test_what_a_preset_does_beyond_the_test_is_renewed_alone(
    reproduced, tmp_path, monkeypatch
):
    folder = shutil.copytree(reproduced.preset, tmp_path / "ntm_copy")
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    recipe = recipes.registry.recipe_class("ntm_copy")

    def beyond(recipe, model):
        return [{"condition": "longer", "wrong bits": model.cell.memory_slots}]

    study = dataclasses.replace(recipe.study, beyond=beyond)
    monkeypatch.setattr(recipe, "study", study)
    assert renew_beyond("pointer_sort", tmp_path) == []
    assert renew_beyond("ntm_copy", tmp_path) == [folder]
    before, after = json.loads(contents["metadata.json"]), Preset.get(folder).metadata
    assert after["beyond"] == [{"condition": "longer", "wrong bits": 6}]
    assert {**after, "beyond": before["beyond"]} == before
    assert "| longer | 6 |" in (folder / "README.md").read_text()
    for path in folder.iterdir():
        if path.name not in ("metadata.json", "README.md"):
            assert path.read_bytes() == contents[path.name]


def test_a_run_of_earlier_defaults_is_refused(study, tmp_path):
    """Its folder is named by what differs from the defaults, which were others then."""
    recipe = recipes.get("ntm_copy", **study)
    run = Run.start(recipe, folder_of(recipe, tmp_path / "runs" / "ntm_copy"))
    before = json.loads((run.folder / "run.json").read_text())
    before["fields"] |= {"learning_rate": 0.5, "zero_vectors": 0.25}
    (run.folder / "run.json").write_text(json.dumps(before))
    today = "learning_rate=0.0001 for 0.5, zero_vectors=0 for 0.25; move that folder away"
    message = f"{re.escape(str(run.folder))}.*{today}"
    with pytest.raises(ValueError, match=message):  # not taken up where it stopped
        reproduce("ntm_copy", tmp_path / "runs", tmp_path, part="machines", **study)
    (run.folder / "metrics.json").write_text("{}")
    for part in ("machines", "baseline"):  # nor reported, as one that is finished
        with pytest.raises(ValueError, match=message):
            reproduce("ntm_copy", tmp_path / "runs", tmp_path, part=part, **study)
    assert len(list(tmp_path.glob("runs/**/run.json"))) == 1  # nothing was trained
