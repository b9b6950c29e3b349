"""`keras-memory train` on many processes: which take part, and how one of them ends."""

import contextlib
import json
import os
import sys
import time
import traceback

from ..running.late_tensorflow import quiet_import
from . import terminal

# Process 0 connects the others, which end by themselves where it gives them the time.
LEAVING_SECONDS = 2


def arguments(distributed, coordinator, processes, process_id, model_parallel=None):
    """Arguments of `processes.start`, or `None` where one process is to train alone.

    Raises:
        ValueError: They do not belong together, or the backend is not JAX.
    """
    options = {
        "--coordinator": coordinator,
        "--processes": processes,
        "--process-id": process_id,
    }
    given = [name for name, value in options.items() if value is not None]
    if not given and not distributed:
        if model_parallel:
            raise ValueError(
                "Expected --distributed or --coordinator beside --model-parallel. Received: "
                "--model-parallel alone"
            )
        return None
    if given and len(given) < len(options):
        raise ValueError(f"Expected {', '.join(options)} together. Received: {given[0]}")
    backend = os.environ.setdefault("KERAS_BACKEND", "jax")
    if backend != "jax":
        raise ValueError(f"Expected --backend jax beside --distributed. Received: {backend}")
    return coordinator, processes, process_id


def fit(name, fields, to_train, resume, verbose, where, model_parallel=None):
    """The run of a recipe that all processes train; `None` on all but the first.

    Args:
        name: Of the recipe.
        fields: Changed in it.
        to_train: Gives the recipe, and the run's folder or the run to resume; called on
            process 0, where the files are.
        resume: Whether that run goes on.
        verbose: As in `model.fit`.
        where: As `arguments` gives them.
        model_parallel: Over how many devices large weights are split, if at all.
    """
    with quiet_import():
        from ..running import distributed, processes
        from ..running.model_parallel import split
    from .. import registry

    distribution = processes.start(*where)
    with _ends_at_once(), processes.together():
        processes.check_same("command", [name, fields, resume, model_parallel])
        found = []

        def begin():
            found.extend(to_train())
            return json.dumps(found[0].overrides).encode()

        overrides = json.loads(processes.shared(begin))
        recipe, place = found or (registry.get(name, **overrides), None)
        if model_parallel:
            distribution = split(recipe, model_parallel)
        run = distributed.train(recipe, distribution, place, resume, verbose)
        return run if found else None


@contextlib.contextmanager
def _ends_at_once():
    """A mistake ends this process: at exit, it would wait for others that wait for it."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            code = 130
        else:
            code = 2 if terminal.is_mistake(error) else 1
        if code == 1:
            traceback.print_exc()
        else:
            terminal.print_mistake(error)
        _leave(code)


def _leave(code):
    import jax

    if jax.process_index() == 0 and jax.process_count() > 1:
        time.sleep(LEAVING_SECONDS)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
