"""JAX's processes: joined, compared with what was requested; what one gives to all."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from .addresses import free_address, reach, split
from .late_tensorflow import tf
from .progress import if_slow

# Keras's own, which `keras.distribution.initialize` reads, too.
KERAS = "KERAS_DISTRIBUTION_"
# What launchers say of how many processes they started.
LAUNCHED = f"{KERAS}NUM_PROCESSES", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE"
# So long a process waits for the others.
JOINING_SECONDS = 300
# Without a sign of life for so long, a process is dead; on a full machine, 30 are too few.
HEARTBEAT_SECONDS = 100
# On CPUs, XLA may start a sum over processes while a loop with others, as of the gradients
# of a recurrent layer, still runs; where processes take them in other orders, Gloo aborts:
# `sab_adding` in the first two steps of six runs of six. A schedule that saves memory takes
# one after the other: none of five.
ONE_AFTER_THE_OTHER = "--xla_cpu_enable_concurrency_optimized_scheduler=false"
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
        ValueError: The backend is not JAX, an argument or variable is not what it should
            be, or there is nothing to distribute over.
        RuntimeError: The other processes are not reached, or something was computed before.
    """
    check_backend()
    import jax

    coordinator = coordinator or os.environ.get(f"{KERAS}JOB_ADDRESSES", "").split(",")[0]
    processes = _given(processes, "NUM_PROCESSES")
    process_id = _given(process_id, "PROCESS_ID")
    if coordinator:
        _, port = split(coordinator)
        if process_id == 0:  # JAX crashes at a port in use
            free_address(f"0.0.0.0:{port}")
    if tf.config.list_physical_devices("GPU"):
        tf.config.set_visible_devices([], "GPU")  # it prepares batches alone
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    # The first of several flags of a name counts least: a user's own comes after.
    os.environ["XLA_FLAGS"] = f"{ONE_AFTER_THE_OTHER} {os.environ.get('XLA_FLAGS', '')}"
    try:
        _join(coordinator, processes, process_id)
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
    check_processes(processes)
    return keras.distribution.DataParallel(auto_shard_dataset=False)


def _join(coordinator, processes, process_id):
    """JAX's `initialize`, which aborts where nobody answers at the coordinator's address."""
    import jax

    where = coordinator or "an address that was found"
    try:
        with if_slow(f"waiting for all processes, the first at {where}"):
            if coordinator:
                is_other = process_id in range(1, processes or 0)
                reach(coordinator, JOINING_SECONDS, calls=is_other)
            jax.distributed.initialize(
                coordinator or None,
                processes,
                process_id,
                initialization_timeout=JOINING_SECONDS,
                heartbeat_timeout_seconds=HEARTBEAT_SECONDS,
            )
    except RuntimeError as error:  # as of a port in use
        raise RuntimeError(
            f"Expected to join all processes, the first at {where}. Received: "
            f"{' '.join(str(error).split())}"
        ) from None


def _given(value, name):
    found = os.environ.get(KERAS + name)
    if value is not None or not found:
        return value
    if not found.isdecimal():
        raise ValueError(f"Expected a number in {KERAS}{name}. Received: {found!r}")
    return int(found)


def check_backend() -> None:
    """Raise a `ValueError` unless the backend is JAX."""
    if keras.backend.backend() != "jax":
        raise ValueError(
            "Expected the backend jax for several processes or devices. Received: "
            f"{keras.backend.backend()}"
        )


def check_processes(requested: int | None = None) -> None:
    """Several that each believe to be alone would train a model each.

    Raises:
        ValueError: JAX knows of another number than was requested, or of this process alone
            where several were launched.
    """
    import jax

    count = jax.process_count()
    numbers = {"requested": requested} if requested else {}
    if count == 1:
        numbers |= {name: int(os.environ.get(name) or 1) for name in LAUNCHED}
    for name, number in numbers.items():
        if number != count:
            raise ValueError(f"Expected {number} processes ({name}). Received: {count}")


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
        import jax

        raise ProcessLost(
            f"Expected all {jax.process_count()} processes to go on. Received: another one "
            f"has ended; start all again, and go on with --resume ({text:.100})"
        ) from None


def gathered(array: Any) -> np.ndarray:
    """An array of each process, along a new first axis."""
    import jax
    from jax.experimental import multihost_utils

    if jax.process_count() == 1:
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
    if jax.process_count() > 1:
        size = int(multihost_utils.broadcast_one_to_all(np.int32(len(content))))
        data = np.frombuffer(content, "uint8") if is_first else np.zeros(size, "uint8")
        content = np.asarray(multihost_utils.broadcast_one_to_all(data)).tobytes()
    if error:
        raise error
    if content[:1] == b"-":
        raise ValueError(content[1:].decode())
    return content[1:]
