"""Checkpoints: a run that is killed resumes bit for bit from the epoch saved last."""

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ...zoo.saving.atomic_files import whole_file
from ...zoo.saving.checks import check_finite
from .argument_types import History

CHECKPOINT = "checkpoint.npz"  # in the folder of a run


class Checkpoint(keras.callbacks.Callback):
    """Saves the state of training after each epoch, in one file, whole or not at all.

    The state is every variable of the model (weights, seeds of random layers) and of
    the optimiser, the history, the weights of the best epoch so far, and whether a callback
    has stopped training. It is written by `saving`, the last callback. With the data's
    order depending on the epoch alone, a run that goes on from here is the same, bit for
    bit, as one that was never stopped.

    Args:
        path: The file, ending in `.npz`.
        data_epoch: The `tf.Variable` that numbers the epochs of the training data.
        monitor: The column of the history whose lowest value marks the best epoch; `None`
            for the last.
        writes: Whether it writes the file; of many processes, one does.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        data_epoch: Any,
        monitor: str | None = "val_loss",
        writes: bool = True,
    ) -> None:
        super().__init__()
        self.writes = writes
        self.path = Path(path)
        self.data_epoch = data_epoch
        self.monitor = monitor
        self.history = []
        self.best = None
        self.stopped = False

    @property
    def epochs_done(self) -> int:
        return len(self.history)

    @property
    def saving(self) -> keras.callbacks.Callback:
        """A callback to come after all others, of which one may stop training."""
        return keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: self._save())

    @property
    def seconds(self) -> float:
        """Time spent in epochs, over all the sessions of the run."""
        return sum(row["seconds"] for row in self.history)

    def restore(self) -> None:
        """Set the model to the saved state, if there is one.

        Raises:
            ValueError: The file is damaged, or of another model.
        """
        self.model.optimizer.build(self.model.trainable_variables)
        if not self.path.exists():
            return
        with _reading(self.path) as saved:
            history = _history(saved)
            for key, variable in self._variables():
                variable.assign(saved[key])
            self.best = [saved[f"best/{i}"] for i in range(len(self.model.weights))]
            self.stopped = bool(saved["stopped"])
            check_finite([*whole_weights(self.model), *self.best])
        self.history = history

    def restore_best(self) -> None:
        """Set the weights to those of the best epoch."""
        self.model.set_weights(self.best)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.data_epoch.assign(epoch)
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        row = {"epoch": epoch, **{name: float(value) for name, value in logs.items()}}
        row["seconds"] = round(time.perf_counter() - self.started, 3)
        row["device"] = device()
        watched = self.monitor or "loss"
        if not np.isfinite(row[watched]):
            before = f"; {self.path} holds the epoch before" if self.history else ""
            raise ValueError(
                f"Expected a finite {watched}. Received: {row[watched]} in epoch "
                f"{epoch + 1}{before}"
            )
        lowest = min((past[watched] for past in self.history), default=np.inf)
        if self.monitor is None or self.best is None or row[watched] < lowest:
            self.best = whole_weights(self.model)
        self.history.append(row)

    def _save(self):
        self.stopped = bool(self.model.stop_training)
        arrays = {key: whole(variable) for key, variable in self._variables()}
        arrays |= {f"best/{i}": weights for i, weights in enumerate(self.best)}
        if not self.writes:
            return
        with whole_file(self.path) as beside:
            history = json.dumps(self.history)
            np.savez(beside, history=history, stopped=self.stopped, **arrays)

    def _variables(self):
        for owner in ("model", "optimizer"):
            variables = (self.model if owner == "model" else self.model.optimizer).variables
            for i, variable in enumerate(variables):
                yield f"{owner}/{i}", variable


def whole(variable: keras.Variable) -> np.ndarray:
    """The value of a variable, also of one that is split over processes, which all call."""
    value = variable.value
    if getattr(value, "is_fully_addressable", True) or value.is_fully_replicated:
        return np.array(keras.ops.convert_to_numpy(value))
    from jax.experimental import multihost_utils

    return multihost_utils.process_allgather(value, tiled=True)


def whole_weights(model: keras.Model) -> list[np.ndarray]:
    """As `model.get_weights()`, also of weights that are split over processes."""
    return [whole(weight) for weight in model.weights]


def device() -> str:
    """What trains here: the backend, and the kind of its device."""
    backend = keras.backend.backend()
    if backend == "torch":  # of which Keras lists no devices
        return f"torch on {keras.ops.zeros(()).device.type}"
    kinds = {name.partition(":")[0] for name in keras.distribution.list_devices()}
    return f"{backend} on {(kinds - {'cpu'} or kinds).pop()}"


def saved_history(path: str | os.PathLike[str]) -> History:
    """The history in a checkpoint, a row an epoch; empty where there is none.

    Raises:
        ValueError: The file is damaged.
    """
    if not Path(path).exists():
        return []
    with _reading(path) as saved:
        return _history(saved)


def _history(saved):
    """The history among the arrays of a checkpoint.

    Raises:
        ValueError: It is not a row an epoch, of numbers by name.
    """
    history = json.loads(str(saved["history"]))
    is_whole = isinstance(history, list) and all(
        isinstance(row, dict)
        and row.get("epoch") == epoch
        and "seconds" in row
        and all(isinstance(row[name], (int, float)) for name in set(row) - {"device"})
        for epoch, row in enumerate(history)
    )
    if not is_whole:
        raise ValueError("a history that is not a row of numbers an epoch")
    return history


@contextlib.contextmanager
def _reading(path):
    """The arrays in a checkpoint; whatever goes wrong with them is a `ValueError`."""
    try:
        with np.load(path) as saved:
            yield saved
    except Exception as error:
        raise ValueError(
            f"Expected a checkpoint of this recipe in {path}. Received: "
            f"{type(error).__name__}: {' '.join(str(error).split())}"
        ) from None
