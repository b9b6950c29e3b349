"""Training on many processes and devices: JAX's processes, and `keras.distribution`.

Data parallel. Each process takes its rows of every batch, in the order that the seed and the
epoch give, and the gradient is that of the whole batch: a run is that of one process, but for
the order in which floats are added. Process 0 alone writes and reads the run's folder.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from .argument_types import History
from .batches import part
from .checkpoint import CHECKPOINT
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


def check(recipe: Recipe, distribution: keras.distribution.DataParallel) -> None:
    """Compare what was requested with what is available, on every process alike.

    Raises:
        ValueError: The recipe cannot be trained so, in one line.
    """
    check_backend()
    if not isinstance(distribution, keras.distribution.DataParallel):
        raise ValueError(
            f"Expected a keras.distribution.DataParallel. Received: {distribution!r}"
        )
    check_processes()
    if type(recipe).dataset.__qualname__ != "Recipe.dataset":
        raise ValueError(
            f"Expected a recipe that is trained in batches. Received: {recipe.name}, which "
            "prepares its data itself"
        )
    devices = distribution.device_mesh.devices.size
    if recipe.batch_size % devices:
        raise ValueError(
            f"Expected a batch_size that divides by {devices}, the number of devices of all "
            f"processes. Received: {recipe.batch_size}"
        )
    fields = [recipe.name, dataclasses.asdict(recipe), versions()]
    check_same("recipe, fields and versions", fields)


def train(
    recipe: Recipe,
    distribution: keras.distribution.DataParallel,
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

    distribution: keras.distribution.DataParallel

    def train(
        self, recipe: Recipe, folder: Path, verbose: str | int = "auto"
    ) -> tuple[keras.Model, History]:
        """As `trainer.train`; the model is on this process's own device."""
        import jax

        is_first = jax.process_index() == 0
        path = folder / CHECKPOINT
        saved = shared(lambda: path.read_bytes() if path.exists() else b"")
        if saved and not is_first:
            path.write_bytes(saved)
        mesh = self.distribution.device_mesh
        distribution = keras.distribution.DataParallel(mesh, auto_shard_dataset=False)
        alone = recipe.seeded_model()
        with distribution.scope():
            model = recipe.seeded_model()
            validation = Validation(recipe, alone)
            history = fit(model, recipe, folder, verbose, validation, is_first)
        copy_state(model, alone)
        return alone, history


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
