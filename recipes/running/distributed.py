"""Training on many processes and devices: JAX's processes, and `keras.distribution`.

Each process takes its rows of every batch, in the order that the seed and the epoch give, and
the gradient is that of the whole batch: a run is that of one process, but for the order in
which floats are added. Large weights may be split over devices. Process 0 alone writes and
reads the run's folder.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from .argument_types import History
from .batches import part, rows_of
from .checkpoint import CHECKPOINT
from .model_parallel import WholeBatches, check_split, in_host_memory
from .processes import (
    check_backend,
    check_processes,
    check_same,
    gathered,
    shared,
    together,
)
from .run import Run, versions
from .trainer import copy_state, fit

if TYPE_CHECKING:
    from .recipe import Recipe


Distribution = keras.distribution.DataParallel | keras.distribution.ModelParallel


def check(recipe: Recipe, distribution: Distribution) -> None:
    """Compare what was requested with what is available, on every process alike.

    Raises:
        ValueError: The recipe cannot be trained so, in one line.
    """
    check_backend()
    if not isinstance(distribution, Distribution):
        raise ValueError(
            "Expected a keras.distribution.DataParallel or ModelParallel. Received: "
            f"{distribution!r}"
        )
    check_processes()
    fields = [recipe.name, dataclasses.asdict(recipe), versions()]
    check_same("recipe, fields and versions", fields)
    if type(recipe).dataset.__qualname__ != "Recipe.dataset":
        raise ValueError(
            f"Expected a recipe that is trained in batches. Received: {recipe.name}, which "
            "prepares its data itself"
        )
    copies = len(rows_of(distribution))
    if recipe.batch_size % copies:
        devices = distribution.device_mesh.devices.size
        what = f"the copies of the model on {devices} devices"
        if devices == copies:
            what = "the number of devices of all processes"
        raise ValueError(
            f"Expected a batch_size that divides by {copies}, {what}. Received: "
            f"{recipe.batch_size}"
        )
    if not are_parts(gathered(rows_of(distribution))):
        raise ValueError(
            "Expected as many devices of each process, and parts of the model that divide "
            "them, or fill several processes. Received: "
            f"{distribution.device_mesh.shape} devices, of {len(gathered(0))} processes"
        )


def are_parts(rows: np.ndarray) -> bool:
    """Whether each process takes as many rows of a batch; several may take the same.

    Args:
        rows: Booleans `(processes, copies)`: which rows, of one for each copy of the model.
    """
    parts = np.unique(rows, axis=0)[::-1]
    count, copies = parts.shape
    return np.array_equal(parts, np.repeat(np.eye(count), copies // count, axis=1))


def train(
    recipe: Recipe,
    distribution: Distribution,
    run_dir: str | os.PathLike[str] | Run | None = None,
    resume: bool = False,
    verbose: str | int = "auto",
) -> Run:
    """`recipe.fit` on all processes, which all call this; the arguments are those of `fit`.

    Returns:
        The `Run`; its files are on process 0, its model, history and metrics on all.

    Raises:
        ValueError: As `fit`, on all processes; or the recipe cannot be trained so.
        ProcessLost: Another process has ended.
    """
    import jax

    trainer = DistributedTrainer(distribution)
    with together():
        check(recipe, distribution)
        started = []

        def begin():
            if _is_split(distribution):
                check_split(recipe, distribution)
            started.append(Run.start(recipe, run_dir, resume))
            return str(started[0].folder).encode()

        folder = shared(begin).decode()
        if jax.process_index() == 0:
            run = started[0].train(verbose, trainer)
        else:
            recipe.prepare()
            run = Run(folder)
            run.recipe = recipe
            with tempfile.TemporaryDirectory() as own:
                run.model, run.history = trainer.train(recipe, Path(own), verbose=0)
            run.metrics = recipe.evaluate(run.model)
        gathered(0)  # nobody leaves before all have ended
    return run


@dataclasses.dataclass(frozen=True)
class DistributedTrainer:
    """Trains a recipe as `Trainer` does, on all devices of a distribution."""

    distribution: Distribution

    def train(
        self, recipe: Recipe, folder: Path, verbose: str | int = "auto"
    ) -> tuple[keras.Model, History]:
        """As `trainer.train`; the model is on this process's own device.

        One whose weights were split is in the host's memory.
        """
        import jax

        is_first = jax.process_index() == 0
        path = folder / CHECKPOINT
        saved = shared(lambda: path.read_bytes() if path.exists() else b"")
        if saved and not is_first:
            path.write_bytes(saved)
        is_split = _is_split(self.distribution)
        distribution = copy.copy(self.distribution)
        distribution.auto_shard_dataset = False  # a recipe's data are parts already
        place = in_host_memory if is_split else contextlib.nullcontext
        with place():
            alone = recipe.seeded_model()
        with distribution.scope():
            model = recipe.seeded_model()
            validation = SplitValidation(recipe) if is_split else Validation(recipe, alone)
            history = fit(model, recipe, folder, verbose, validation, is_first)
        with place():
            copy_state(model, alone)
        return alone, history


def _is_split(distribution):
    return isinstance(distribution, keras.distribution.ModelParallel)


class SplitValidation(keras.callbacks.Callback):
    """Validation of a model whose weights are split: all devices compute each batch."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.batches = recipe.dataset("validation")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        with WholeBatches(keras.distribution.distribution().device_mesh).scope():
            found = self.model.evaluate(self.batches, verbose=0, return_dict=True)
        logs.update({f"val_{name}": value for name, value in found.items()})


class Validation(keras.callbacks.Callback):
    """Validation in which each process takes its share of the batches, on one device.

    Batches are those of one process, whole: nothing is padded, and a loss that is a mean over
    what a mask leaves of a batch stays what it is. The states of metrics are sums.

    Args:
        recipe: The recipe.
        alone: Its model, on this process's own device.
    """

    def __init__(self, recipe: Recipe, alone: keras.Model) -> None:
        super().__init__()
        self.alone = alone
        with _undistributed():
            batches = recipe.dataset("validation")
        index, count = part()
        self.has_batches = index < int(batches.cardinality())
        self.batches = batches.shard(count, index) if self.has_batches else batches.take(1)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        copy_state(self.model, self.alone)
        with _undistributed():
            self.alone.evaluate(self.batches, verbose=0)
            variables = self.alone.metrics_variables
            states = [np.asarray(v) * self.has_batches for v in variables]
            for variable, state in zip(variables, states, strict=True):
                variable.assign(gathered(state).sum(axis=0))
            found = self.alone.get_metrics_result()
            logs.update({f"val_{name}": float(value) for name, value in found.items()})


@contextlib.contextmanager
def _undistributed():
    distribution = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(distribution)
