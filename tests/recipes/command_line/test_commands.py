"""What a person types, and sees."""

import dataclasses
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.recipes.command_line import commands as command_line
from keras_memory.recipes.command_line import terminal
from keras_memory.recipes.command_line.questions import command_for
from keras_memory.recipes.machines import ntm_copy

TOOL = Path(sys.executable).parent / "keras-memory"


def settings(recipe):
    def text(value):
        return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)

    pairs = [("--set", f"{name}={text(value)}") for name, value in recipe.overrides.items()]
    return [word for pair in pairs for word in pair]


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["list"],
        ["list", "--json"],
        ["info", "memn2n_babi_1k_joint"],
        ["predict", "--help", "ntm_copy"],
    ],
)
def test_what_needs_no_model_does_not_wait_for_tensorflow(words):
    command = [sys.executable, "-X", "importtime", TOOL, *words]
    completed = subprocess.run(command, capture_output=True, text=True, check=True)
    assert completed.stdout
    imported = {line.rpartition("|")[2].strip() for line in completed.stderr.splitlines()}
    assert not imported & {"tensorflow", "keras", "tensorflow_datasets", "numpy"}


@pytest.mark.parametrize("words", ["--help", "list"])
def test_help_and_list_answer_in_half_a_second(words):
    def seconds():
        started = time.perf_counter()
        subprocess.run([TOOL, words], check=True, capture_output=True)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.5


def test_layers_import_no_data_sets_and_no_tuner(children):
    script = (
        "import sys, keras_memory.layers as l; l.NTMCell;"
        "print({'tensorflow_datasets', 'keras_tuner'} & set(sys.modules))"
    )
    assert children.run(script).strip() == "set()"


def test_a_mistake_is_one_line_of_output(tmp_path):
    """In a process of its own, where TensorFlow would talk, too."""
    words = ["train", "ntm_copy", "--set", "num_heads=0"]
    completed = subprocess.run([TOOL, *words], capture_output=True, text=True, cwd=tmp_path)
    assert completed.returncode == 2
    assert len(completed.stderr.splitlines()) == 1
    assert completed.stdout == ""


def test_debug_shows_where(tmp_path, children):
    child = children.start(
        TOOL.read_text(), "--debug", "evaluate", "nothing", folder=tmp_path
    )
    assert child.wait() != 0
    assert "Traceback" in child.errors


def test_list_as_json(run):
    listed = json.loads(run("list", "--json").stdout)
    assert "ntm_copy" in listed["recipes"]
    assert "ntm_copy" in listed["presets"]


def test_info(run):
    text = run("info", "ntm_copy").stdout
    assert "memory_slots" in text
    assert "128" in text
    assert "--bits 10110010,00001111" in text
    entry = json.loads(run("info", "ntm_copy", "--json").stdout)
    assert entry["fields"]["memory_slots"]["default"] == 128
    assert entry["published"]["bits_per_sequence_length_120"]["source"]


def test_train_evaluate_plot_and_export_a_run(run, tiny, tmp_path):
    folder = tmp_path / "run"
    recipe = tiny.replace(length=(3,))
    words = ["train", "ntm_copy", *settings(recipe), "--epochs", 2, "--seed", 7]
    completed = run(*words, "--run-dir", folder)
    assert completed.exit_code == 0, completed.output
    assert "bits_per_sequence_length_3" in completed.stdout
    assert "published" in completed.stdout
    assert f"run: {folder}" in completed.stdout
    config = json.loads((folder / "run.json").read_text())
    assert (config["fields"]["seed"], config["fields"]["epochs"]) == (7, 2)

    metrics = json.loads(run("evaluate", folder, "--set", "length=4", "--json").stdout)
    assert set(metrics) == {
        "bits_per_sequence_length_4",
        "cost_bits_per_sequence_length_4",
    }
    assert run("evaluate", folder).exit_code == 0
    answer = json.loads(run("predict", folder, "--bits", "10,01", "--json").stdout)
    assert answer["copy"].count(",") == 1
    assert run("plot", folder, "--out", tmp_path / "figures").exit_code == 0
    assert (tmp_path / "figures" / "memory_tape.png").stat().st_size > 10_000
    assert run("export", folder, tmp_path / "exported").exit_code == 0
    assert (tmp_path / "exported" / "saved_model.pb").exists()


def test_evaluate_beyond_the_papers_test(run, lookup_run, monkeypatch):
    recipe = type(lookup_run.recipe)
    words = "evaluate", lookup_run.folder, "--beyond"

    def set_rows(rows):
        study = dataclasses.replace(recipe.study, beyond=lambda recipe, model: rows)
        monkeypatch.setattr(recipe, "study", study)

    set_rows([])
    refused = run(*words)
    assert "goes beyond the paper's test. Received: key_value_lookup" in refused.stderr
    assert (refused.exit_code, refused.stdout) == (2, "")
    rows = [{"condition": "longer", "wrong": 0.123456, "target": "≥ 0.99"}]
    set_rows(rows)
    header, row = run(*words).stdout.splitlines()
    assert header.split() == ["condition", "wrong", "target", "reached"]
    assert row.split() == ["longer", "0.1235", "≥", "0.99", "no"]
    assert json.loads(run(*words, "--json").stdout) == [{**rows[0], "reached": "no"}]


def test_a_name_that_is_nothing_is_reported_before_tensorflow_is_imported(tmp_path):
    command = [sys.executable, "-X", "importtime", TOOL, "evaluate", "nothing"]
    completed = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert completed.returncode == 2
    assert "Expected the name of a preset" in completed.stderr
    imported = {line.rpartition("|")[2].strip() for line in completed.stderr.splitlines()}
    assert not imported & {"tensorflow", "keras"}


def test_resume_needs_no_fields_again(run, copied_run, lookup_run):
    words = ["train", "key_value_lookup", "--run-dir", copied_run(), "--resume", "--json"]
    completed = run(*words)
    assert completed.exit_code == 0, completed.output
    assert json.loads(completed.stdout)["metrics"] == lookup_run.metrics


def test_tune_ends_with_a_command_to_train(run, lookup, tmp_path):
    quick = lookup.replace(epochs=1, steps_per_epoch=2)
    words = ["tune", "key_value_lookup", *settings(quick)]
    completed = run(*words, "--trials", 2, "--directory", tmp_path, "--json")
    assert completed.exit_code == 0, completed.output
    assert "learning_rate" in json.loads(completed.stdout)["overrides"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "ntm"], "Expected the name of a recipe"),
        (["train", "ntm_copy", "--set", "slots=3"], "Expected a field of ntm_copy"),
        (["train", "ntm_copy", "--set", "memory_slots"], "Expected --set field=value"),
        (["train", "ntm_copy", "--set", "memory_slots=x"], "memory_slots"),
        (["train", "ntm_copy", "--set", "num_heads=0"], "num_heads"),
        (["train", "ntm_copy", "--set", "shift_width=2"], "odd"),
        (["train", "ntm_copy", "--epochs", "abc"], "epochs"),
        (["train", "ntm_copy", "--seed", 2**32, "--run-dir", "run"], "seed"),
        (["train", "ntm_copy", "--resume"], "Expected --run-dir"),
        (["train", "ntm_copy", "--processes", 2], "--process-id together. Received: --proc"),
        (["train", "ntm_copy", "--model-parallel", 2], "beside --model-parallel. Received: "),
        (["train", "ntm_copy", "--resume", "--run-dir", "run"], "a run to resume"),
        (["evaluate", "nothing"], "Expected the name of a preset"),
        (["predict", "ntm_copy"], "Expected --bits"),
        (["predict", "ntm_copy", "--bits", "101"], "Expected vectors of 8 bits"),
        (["predict", "ntm_copy", "--bits", "10110010,0000111"], "Expected vectors"),
        (["export", "ntm_copy", "x", "--format", "pickle"], "Expected a format"),
        (["tune", "ntm_copy", "--algorithm", "grid"], "Expected an algorithm"),
        (["reproduce", "nothing"], "Expected the name of a recipe"),
        (["train", "NTM_cpy"], "did you mean 'ntm_copy'?"),
        (["evaluate", "memn2n_babi"], "did you mean 'memn2n_babi_"),
        (["export", "ntm_copy", "x", "--format", "onx"], "did you mean 'onnx'?"),
        (["tune", "ntm_copy", "--algorithm", "randm"], "did you mean 'random'?"),
        (["--backend", "jx", "list"], "did you mean 'jax'?"),
        (["plot", "ntm_copy", "--out", ""], "Expected the name of a file or a folder"),
        (["train", "ntm_copy", "--run-dir", " "], "Expected the name of a file or a folder"),
        (["export", "ntm_copy", ""], "Expected the name of a file or a folder"),
        (["--data-dir", "", "list"], "Expected the name of a file or a folder"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(run, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    completed = run(*words)
    assert completed.exit_code == 2
    (line,) = completed.stderr.splitlines()
    assert message in line
    assert not list(tmp_path.iterdir())


def test_a_run_of_another_recipe_is_refused(run, tiny_run, tmp_path, monkeypatch):
    alias = ("machines", "NTMCopy", "the same under another name")
    monkeypatch.setitem(command_line.registry.RECIPES, "other", alias)
    monkeypatch.setitem(sys.modules, "keras_memory.recipes.machines.other", ntm_copy)
    completed = run("train", "other", "--run-dir", tiny_run.folder, "--resume")
    assert completed.exit_code == 2
    assert "a run of ntm_copy" in completed.stderr


def test_a_corrupted_preset_is_refused(run, tmp_path):
    from keras_memory.zoo.saving.presets import Preset

    shipped = Preset.get("ntm_copy").folder
    for file in shipped.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / "model.weights.h5"
    *others, last = weights.read_bytes()
    weights.write_bytes(bytes([*others, last ^ 1]))
    completed = run("evaluate", tmp_path)
    assert completed.exit_code == 2
    assert "sha256" in completed.stderr


def test_export_leaves_a_folder_with_other_files_alone(run, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    completed = run("export", "ntm_copy", tmp_path)
    assert completed.exit_code == 2
    assert "holds other files" in completed.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_run_is_plotted_into_its_folder(run, copied_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = copied_run()
    shutil.rmtree(folder / "figures")
    completed = run("plot", folder, "--json")
    assert completed.exit_code == 0, completed.output
    (figure,) = json.loads(completed.stdout)["figures"]
    assert Path(figure) == folder / "figures" / "attention_map.png"
    assert Path(figure).exists()
    assert list(tmp_path.iterdir()) == [folder]


def test_a_run_becomes_a_preset_with_a_card(run, copied_run, lookup_run):
    copied = copied_run()
    completed = run("card", copied)
    folder = copied / "preset"
    assert completed.stdout == f"preset: {folder}\n"
    card = (folder / "README.md").read_text()
    assert "| Recipe | key_value_lookup |" in card
    assert "![learning curves]" in card
    assert (folder / "learning_curves.png").exists()
    for ours, theirs in zip(
        zoo.from_preset(folder).get_weights(), lookup_run.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_that_is_not_finished_has_no_card(run, copied_run):
    copied = copied_run()
    (copied / "model.keras").unlink()
    completed = run("card", copied)
    assert completed.exit_code == 2
    assert "resume it first" in completed.stderr
    assert not (copied / "preset").exists()


def test_json_has_no_nan(capsys):
    terminal.print_json({"a": [float("nan"), 1.5, (float("-inf"),)], "b": "NaN"})
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found == {"a": [None, 1.5, [None]], "b": "NaN"}


def test_what_tune_prints_can_be_typed():
    settings = terminal.setting("length", (10, 20)), terminal.setting("learning_rate", 1e-4)
    assert settings == ("--set length=10,20", "--set learning_rate=0.0001")
    assert terminal.setting("path", "my file.csv") == "--set 'path=my file.csv'"
    typed = command_for("my runs/1", {"text": "a b"})
    assert typed == "keras-memory predict 'my runs/1' --text 'a b'"


def test_an_option_takes_an_equals_sign(run, tiny_run):
    completed = run("predict", tiny_run.folder, "--bits=10,01", "--json")
    assert json.loads(completed.stdout)["copy"].count(",") == 1
    review = "Story = superb, acting = great. A wonderful film!"
    completed = run("predict", "hierarchical_attention_imdb", "--review", review, "--json")
    assert json.loads(completed.stdout)["label"] == "positive"


def test_more_than_the_memory_holds_warns(tiny_run):
    with pytest.warns(UserWarning, match="7 vectors are longer than the memory of 6 slots"):
        tiny_run.recipe.answer(tiny_run.model, bits=",".join(["10"] * 7))


def test_a_warning_is_one_line_on_standard_error(children):
    script = "from keras_memory.recipes.command_line.commands import *; environment(); "
    script += "registry.get('ntm_copy', memory_slots=64)"
    child = children.start(script)
    assert child.wait() == 0, child.errors
    lines = [line for line in child.errors.splitlines() if line.startswith("warning: ")]
    assert len(lines) == 1
    assert "64 slots" in lines[0]
