"""What ends a command: an interrupt, too little memory, a folder without a name."""

import json
import math

import keras
import pytest
from typer.testing import CliRunner

from keras_memory.recipes.command_line import commands


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(commands.app, [str(word) for word in words])


def test_an_interrupt_is_one_line_that_says_how_to_go_on(
    run, copied_run, lookup, monkeypatch
):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            raise KeyboardInterrupt

    monkeypatch.setattr(type(lookup), "callbacks", lambda self, history: [Interrupt()])
    folder = copied_run()
    words = ["train", lookup.name, "--run-dir", folder, "--resume", "--epochs", 5]
    completed = run(*words)
    assert completed.exit_code == 130
    command = " ".join(map(str, words[:5]))
    assert completed.stderr.splitlines() == [
        f"keras-memory: stopped after epoch 4; go on with: keras-memory {command}"
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["train", "ntm_copy", "--run-dir", ""],
        ["plot", "ntm_copy", "--out", " "],
        ["export", "ntm_copy", ""],
        ["tune", "ntm_copy", "--directory", ""],
        ["reproduce", "ntm_copy", "--runs", ""],
        ["reproduce", "ntm_copy", "--out", ""],
    ],
    ids=" ".join,
)
def test_a_folder_without_a_name_is_refused(run, words, tmp_path):
    completed = run(*words)
    assert completed.exit_code == 2
    assert completed.stderr.startswith(
        "keras-memory: Expected the name of a file or a folder"
    )
    assert completed.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [MemoryError(), OverflowError("too large")], ids=repr)
def test_too_little_memory_is_one_line(run, lookup, monkeypatch, error):
    def examples(self, split):
        raise error

    monkeypatch.setattr(type(lookup), "examples", examples)
    completed = run("train", lookup.name, "--run-dir", "run")
    assert completed.exit_code == 2
    assert completed.stderr == f"keras-memory: {str(error) or 'MemoryError'}\n"


def test_json_of_a_metric_that_is_no_number(run, lookup, lookup_run, monkeypatch):
    monkeypatch.setattr(type(lookup), "evaluate", lambda self, model: {"accuracy": math.nan})
    completed = run("evaluate", lookup_run.folder, "--json")
    assert json.loads(completed.stdout, parse_constant=pytest.fail) == {"accuracy": None}


def test_a_preset_of_one_s_own_takes_the_place_of_a_shipped_one(run, lookup, tmp_path):
    lookup.model().save_to_preset(tmp_path / "mine")
    metrics = json.loads(run("evaluate", "mine", "--json").stdout)
    assert "accuracy_n_8" in metrics
    assert run("plot", "mine", "--out", "figures").exit_code == 0
    assert (tmp_path / "figures" / "attention_map.png").exists()
    assert run("export", "mine", "exported").exit_code == 0
    assert (tmp_path / "exported" / "saved_model.pb").exists()
    completed = run("predict", "mine", "--key", "a")
    assert "takes none" in completed.stderr
