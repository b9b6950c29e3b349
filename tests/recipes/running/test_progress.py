"""What a user sees while something takes long, and of what is there."""

import logging
import os
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from keras_memory.recipes.running import progress
from keras_memory.recipes.running.first_step import FirstStep
from keras_memory.recipes.running.run import Run
from keras_memory.zoo.saving.presets import Preset


@pytest.fixture
def impatient(monkeypatch):
    """And nobody listens to the log, whatever tests of the command line did to it."""
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress.log, "disabled", True)


def test_a_first_step_that_is_slow_says_what_it_waits_for(impatient, capsys):
    class Slow(keras.layers.Layer):
        def call(self, x):
            time.sleep(0.2)
            return x

    model = keras.Sequential([Slow(), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.ones((4, 1), "float32")
    settings = {"batch_size": 2, "epochs": 2, "verbose": 0, "validation_data": (x, x)}
    model.fit(x, x, callbacks=[FirstStep()], **settings)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0].rpartition(" of ")[2] for line in lines] == [
        "training",
        "validation",
    ]


def test_a_first_step_that_is_fast_says_nothing(capsys):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.ones((4, 1), "float32")
    model.fit(x, x, verbose=0, callbacks=[FirstStep()])
    assert capsys.readouterr().err == ""


def test_what_is_over_in_time_is_not_reported(monkeypatch, capsys):
    monkeypatch.setattr(progress, "PATIENCE", 0.2)
    with progress.if_slow("quick"):
        pass
    time.sleep(0.3)
    assert capsys.readouterr().err == ""


def test_what_is_reported_goes_to_the_log_where_there_is_one(capsys, caplog):
    with caplog.at_level(logging.INFO):
        progress.tell("to the log")
    assert caplog.messages == ["to the log"]
    assert capsys.readouterr().err == ""


def test_other_loggers_are_as_they_were():
    logger = logging.getLogger("tensorflow")
    before = logger.level
    with progress.errors_alone("tensorflow"):
        assert not logger.isEnabledFor(logging.WARNING)
    assert logger.level == before


def test_a_run_prints_what_it_is(lookup_run, tmp_path):
    text = repr(Run.open(lookup_run.folder))
    assert str(lookup_run.folder) in text
    assert "recipe=key_value_lookup" in text
    assert "distractors=3" in text
    assert "epochs trained=4 of 4" in text
    assert str(next(iter(lookup_run.metrics))) in text
    assert repr(Run(tmp_path)) == f"Run({str(tmp_path)!r})"
    assert "ntm_copy" in repr(Preset.get("ntm_copy"))


def test_tensorflow_is_quiet_before_it_is_imported():
    """In a notebook, too; and what the user says of it stays."""
    script = (
        "import os, sys; from keras_memory import recipes; "
        "print(os.environ['TF_CPP_MIN_LOG_LEVEL'], 'tensorflow' in sys.modules)"
    )
    for given, expected in (({}, "3 False"), ({"TF_CPP_MIN_LOG_LEVEL": "0"}, "0 False")):
        others = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
        found = subprocess.run(
            [sys.executable, "-c", script],
            env={**others, **given},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.strip() == expected
