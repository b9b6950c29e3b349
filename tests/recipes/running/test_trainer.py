"""Training of a run, by a trainer of its own or one that is shared."""

import operator

import keras
import numpy as np
import pytest

from keras_memory.recipes.running.run import Run
from keras_memory.recipes.running.trainer import Trainer


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path, lookup, monkeypatch):
    diverged = keras.losses.BinaryCrossentropy()
    monkeypatch.setattr(diverged, "call", lambda y_true, y_pred: y_pred[..., 0] * np.nan)

    def model(self):
        model = plain(self)
        model.compile(optimizer="sgd", loss=diverged)
        return model

    plain = type(lookup).model
    monkeypatch.setattr(type(lookup), "model", model)
    with pytest.raises(ValueError, match="finite val_loss. Received: nan in epoch 1$"):
        lookup.fit(tmp_path / "run", verbose=0)


def test_a_trainer_that_was_compiled_before_changes_nothing(tmp_path, lookup, lookup_run):
    trainer = Trainer()
    other = Run.start(lookup.replace(seed=lookup.seed + 1, epochs=1), tmp_path / "other")
    other.train(verbose=0, trainer=trainer)
    run = Run.start(lookup, tmp_path / "run").train(verbose=0, trainer=trainer)
    assert run.metrics == lookup_run.metrics
    for owner in ("model", "model.optimizer"):
        variables = (operator.attrgetter(owner)(r).variables for r in (run, lookup_run))
        for mine, theirs in zip(*variables, strict=True):
            np.testing.assert_array_equal(mine, theirs)
    for mine, theirs in zip(run.history, lookup_run.history, strict=True):
        assert mine["val_loss"] == theirs["val_loss"]
