"""Processes that this one starts share the machine, and end with it, however it ends."""

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Iterator

# Processes are begun anew: one that has used TensorFlow cannot be forked.
CONTEXT = multiprocessing.get_context("spawn")
# What TensorFlow reads of how many threads it may use.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
# So that several have room on one GPU: each takes memory when it needs it.
GPU = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


@contextlib.contextmanager
def shared_machine(processes: int) -> Iterator[None]:
    """Processes that start meanwhile each use their part of it, unless the user says what."""
    threads = max(1, (os.cpu_count() or 1) // processes)
    values = {**dict.fromkeys(THREADS, str(threads)), **GPU}
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def end_with_parent() -> None:
    """End this process once the one that started it has ended, be it killed.

    Else it would go on alone, and nobody else could train what it trains.
    """

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
