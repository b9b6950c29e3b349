"""Training on many processes and devices: JAX's processes, and `keras.distribution`.

Data parallel. Each process takes its rows of every batch, in the order that the seed and the
epoch give, and the gradient is that of the whole batch: a run is that of one process, but for
the order in which floats are added. Process 0 alone writes and reads the run's folder.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from .argument_types import History
from .batches import part
from .checkpoint import CHECKPOINT
from .run import Run, versions
from .trainer import copy_state, fit

if TYPE_CHECKING:
    from .recipe import Recipe

# Keras's own, which `keras.distribution.initialize` reads, too.
KERAS = "KERAS_DISTRIBUTION_"
# What launchers say of how many processes they started.
LAUNCHED = f"{KERAS}NUM_PROCESSES", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE"
# Without a sign of life for so long, a process is dead.
HEARTBEAT_SECONDS = 30
# What errors of collectives mention.
COLLECTIVE = "Gloo", "NCCL", "heartbeat", "coordination service"


class ProcessLost(RuntimeError):
    """Another process has ended: so does this one."""


def start(
    coordinator: str | None = None,
    processes: int | None = None,
    process_id: int | None = None,
) -> keras.distribution.DataParallel:
    """Join the other processes, before anything is computed.

    Args:
        coordinator: `host:port` of process 0. If absent, what Keras's variables
            (`KERAS_DISTRIBUTION_JOB_ADDRESSES`, `…_NUM_PROCESSES`, `…_PROCESS_ID`), SLURM,
            Open MPI or Kubernetes set; without any, this process and its devices.
        processes: How many there are.
        process_id: Which of them this is, from 0.

    Returns:
        The distribution of every batch over all devices of all processes, for `recipe.fit`.

    Raises:
        ValueError: The backend is not JAX, or there is nothing to distribute over.
        RuntimeError: The other processes are not reached, or something was computed before.
    """
    _check_backend()
    import jax

    coordinator = coordinator or os.environ.get(f"{KERAS}JOB_ADDRESSES", "").split(",")[0]
    processes = _given(processes, "NUM_PROCESSES")
    process_id = _given(process_id, "PROCESS_ID")
    if tf.config.list_physical_devices("GPU"):
        tf.config.set_visible_devices([], "GPU")  # it prepares batches alone
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(
            coordinator or None,
            processes,
            process_id,
            heartbeat_timeout_seconds=HEARTBEAT_SECONDS,
        )
    except ValueError as error:
        if coordinator or processes is not None or "coordinator_address" not in str(error):
            raise ValueError(
                "Expected a coordinator host:port, a number of processes and, below it, a "
                f"process id. Received: {coordinator or None}, {processes}, {process_id}"
            ) from None
        if jax.device_count() == 1:
            raise ValueError(
                "Expected a coordinator, variables of Keras, SLURM, Open MPI or Kubernetes, "
                "or several devices. Received: one process with one device"
            ) from None
    _check_processes(processes)
    return keras.distribution.DataParallel(auto_shard_dataset=False)


def _given(value, name):
    found = os.environ.get(KERAS + name)
    return int(found) if value is None and found else value


def _check_backend():
    if keras.backend.backend() != "jax":
        raise ValueError(
            "Expected the backend jax for several processes or devices. Received: "
            f"{keras.backend.backend()}"
        )


def _check_processes(expected=None):
    """Several that each believe to be alone would train a model each."""
    import jax

    names = {"processes": expected} | {name: os.environ.get(name) for name in LAUNCHED}
    for name, number in names.items():
        if number and int(number) != jax.process_count():
            raise ValueError(
                f"Expected {number} processes ({name}). Received: {jax.process_count()}"
            )


def check(recipe: Recipe, distribution: keras.distribution.DataParallel) -> None:
    """Compare what was requested with what is available, on every process alike.

    Raises:
        ValueError: The recipe cannot be trained so, in one line.
    """
    from .recipe import Recipe

    _check_backend()
    if not isinstance(distribution, keras.distribution.DataParallel):
        raise ValueError(
            f"Expected a keras.distribution.DataParallel. Received: {distribution!r}"
        )
    _check_processes()
    if type(recipe).dataset is not Recipe.dataset:
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


def process_count() -> int:
    """How many processes there are."""
    import jax

    return jax.process_count()


def check_same(what: str, value: Any) -> None:
    """Compare what each process was given, as JSON.

    Raises:
        ValueError: It is not the same on all.
    """
    text = json.dumps(value, sort_keys=True)
    found = gathered(np.array(zlib.crc32(text.encode()), "uint32"))
    if others := np.flatnonzero(found != found[0]).tolist():
        raise ValueError(
            f"Expected the same {what} on every process. Received: others than on process 0 "
            f"on {', '.join(map(str, others))}"
        )


@contextlib.contextmanager
def together() -> Iterator[None]:
    """What a collective reports when another process has ended, in one line.

    Raises:
        ProcessLost: That has happened.
    """
    try:
        yield
    except Exception as error:
        text = " ".join(str(error).split())
        if isinstance(error, ProcessLost) or not any(sign in text for sign in COLLECTIVE):
            raise
        raise ProcessLost(
            f"Expected all {process_count()} processes to go on. Received: another one has "
            f"ended; start all again, and go on with --resume ({text:.100})"
        ) from None


def gathered(array: Any) -> np.ndarray:
    """An array of each process, along a new first axis."""
    from jax.experimental import multihost_utils

    if process_count() == 1:
        return np.asarray(array)[None]
    return np.asarray(multihost_utils.process_allgather(np.asarray(array)))


def shared(function: Callable[[], bytes]) -> bytes:
    """What a function gives on process 0, which alone calls it, on all.

    Raises:
        ValueError: It failed there: its message.
    """
    import jax
    from jax.experimental import multihost_utils

    is_first = jax.process_index() == 0
    content, error = b"", None
    if is_first:
        try:
            content = b"+" + function()
        except Exception as raised:
            content, error = b"-" + str(raised).encode(), raised
    if process_count() > 1:
        size = int(multihost_utils.broadcast_one_to_all(np.int32(len(content))))
        data = np.frombuffer(content, "uint8") if is_first else np.zeros(size, "uint8")
        content = np.asarray(multihost_utils.broadcast_one_to_all(data)).tobytes()
    if error:
        raise error
    if content[:1] == b"-":
        raise ValueError(content[1:].decode())
    return content[1:]


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
