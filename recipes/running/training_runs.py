"""Training of many runs, in this process or in several, of which none takes another's."""

import concurrent.futures
import functools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...zoo.saving.atomic_files import InUseError
from .. import registry
from .local_processes import CONTEXT, end_with_parent, shared_machine
from .run import Run
from .trainer import Trainer

if TYPE_CHECKING:
    from .recipe import Recipe

log = logging.getLogger(__name__)


def train_all(waiting: Mapping[Path, "Recipe"], jobs: int) -> None:
    """Train runs to the end, from where each was stopped; finished ones stay as they are.

    Those that another process trains are left to it, unless it has stopped by the time that
    the others are trained.

    Args:
        waiting: The recipe of each by its folder, restarts of one recipe next to each other.
        jobs: How many are trained in parallel, each in a process of its own.
    """
    runs = [(recipe.name, recipe.overrides, folder) for folder, recipe in waiting.items()]
    runs = [run for run in runs if not Run(run[-1]).is_finished]
    train = _train_here if jobs == 1 else functools.partial(_train_in_parallel, jobs=jobs)
    in_use = train(runs)
    if in_use:
        train([run for run in runs if run[-1] in in_use])


def _train_here(runs):
    """Train one run after the other; the folders of those that are in use elsewhere."""
    return {run[-1] for run in runs if not _report(*_train_one(*run))}


def _train_in_parallel(runs, jobs):
    """As `_train_here`, so many at once."""
    with (
        shared_machine(jobs),
        concurrent.futures.ProcessPoolExecutor(jobs, CONTEXT, end_with_parent) as pool,
    ):
        started = [pool.submit(_train_one, *run) for run in runs]
        try:
            finished = concurrent.futures.as_completed(started)
            return {run[0] for run in (job.result() for job in finished) if not _report(*run)}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _report(folder, metrics):
    """Say what came of a run, if anything did."""
    log.info("%s: %s", folder, metrics or "another process trains it")
    return metrics is not None


def _train_one(name, fields, folder):
    """A run's folder and metrics; none if another process trains it."""
    if Run(folder).is_finished:  # by another process, in the meantime
        return folder, Run(folder).metrics
    log.info("training %s", folder)
    try:
        run = Run.start(registry.get(name, **fields), folder, resume=True)
        return folder, run.train(verbose=0, trainer=_trainer()).metrics
    except InUseError:
        return folder, None


@functools.cache
def _trainer():
    """That of this process."""
    return Trainer()
