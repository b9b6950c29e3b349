"""A search by several processes: KerasTuner's chief keeps it, and its workers train.

The chief gives trials to workers, which call it by gRPC, and keeps what comes of them. Which
of them a process is, KerasTuner reads in three variables, and so does the command line.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras_tuner

from ...zoo.saving.atomic_files import locked
from .addresses import free_address, reach, split
from .local_processes import CONTEXT, end_with_parent, shared_machine
from .progress import tell
from .tuning import CHIEF, TUNER_ID, keep

if TYPE_CHECKING:
    from .recipe import Recipe

HOST, PORT = "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT"
SECONDS = 0.2  # between two reports of what is new
PATIENCE = 60 * 60  # of a worker, in seconds, as KerasTuner's
RESTARTS = 3  # of a worker that is killed over and over in one trial


def search(
    recipe: "Recipe",
    max_trials: int = 20,
    directory: str | os.PathLike[str] = "tuning",
    algorithm: str = "bayesian",
    workers: int = 2,
    address: str | None = None,
    report: Callable[[list[dict[str, Any]]], object] | None = None,
) -> keras_tuner.Tuner:
    """Search hyper-parameters by several processes; this one is the chief.

    A worker of this machine that is killed is started again, with the same trial. A chief
    that is started again goes on: trials that were begun are begun anew.

    Args:
        recipe: The recipe, as `tuner` takes it; so are `max_trials`, `directory` and
            `algorithm`.
        workers: How many processes of this machine train; 0 with an `address`.
        address: `HOST:PORT`, where workers of other machines call; see `work`. The search
            ends when all of them have ended.
        report: Takes the trials so far, a row each, whenever that is new.

    Returns:
        The tuner, for `best_recipe`.

    Raises:
        ValueError: As `tuner`; or the address is not free; or another searches there.
        RuntimeError: A worker ended with an error, or is killed over and over in a trial.
    """
    if not workers and not address:
        raise ValueError("Expected workers, or the address of a chief. Received: neither")
    host_and_port = free_address(address or "127.0.0.1:0")
    with _process(CHIEF, host_and_port):
        tuner = recipe.tuner(max_trials, directory, algorithm)
        with locked(Path(tuner.project_dir)):
            chief = Chief(tuner)
            started = [
                Worker(f"worker-{number}", recipe, max_trials, directory, algorithm)
                for number in range(1, workers + 1)
            ]
            try:
                chief.start()
                with shared_machine(max(1, workers)):
                    _wait(chief, started, bool(address), report)
            finally:
                for worker in started:
                    worker.stop()
    return tuner


def work(
    recipe: "Recipe",
    max_trials: int,
    directory: str | os.PathLike[str],
    algorithm: str,
    name: str,
    address: str,
) -> None:
    """Train trials of a chief until it has no more.

    Args:
        recipe: As that of the chief; so are `max_trials`, `directory` and `algorithm`.
        name: The worker's own. One that was killed gets its trial again by its name.
        address: The chief's, `HOST:PORT`. It is waited for, for an hour.

    Raises:
        ValueError: The name holds "chief", by which KerasTuner knows that one.
        RuntimeError: The chief does not answer.
    """
    if not name or CHIEF in name:
        raise ValueError(
            f'Expected the name of a worker, without "{CHIEF}". Received: {name!r}'
        )
    with _process(name, split(address)):
        tuner = recipe.tuner(max_trials, directory, algorithm)
        reach(address, PATIENCE)  # gRPC would try less and less often, up to every 2 minutes
        tuner.search(verbose=0)


def from_environment() -> tuple[str | None, str | None]:
    """The chief's address and the worker's name, where KerasTuner's variables are set."""
    if HOST not in os.environ:
        return None, None
    name = os.environ.get(TUNER_ID, CHIEF)
    return f"{os.environ[HOST]}:{os.environ.get(PORT, '')}", None if CHIEF in name else name


class Chief:
    """The search of a tuner, kept whenever a worker takes or ends a trial."""

    def __init__(self, tuner: keras_tuner.Tuner) -> None:
        self.tuner, self.oracle = tuner, tuner.oracle
        self.taken, self.seconds, self.error = {}, {}, None
        self._create, self._end = self.oracle.create_trial, self.oracle.end_trial
        self.oracle.create_trial, self.oracle.end_trial = self._created, self._ended
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Answer workers from now on."""
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether every worker that called knows that there is no more."""
        return not self._thread.is_alive()

    def rows(self) -> list[dict[str, Any]]:
        """The trials so far."""
        return [self._row(trial) for _, trial in sorted(self.oracle.trials.items())]

    def _row(self, trial):
        values, is_running = trial.hyperparameters.values, trial.status == "RUNNING"
        return {
            "trial": trial.trial_id,
            "worker": self.taken.get(trial.trial_id, ("", 0))[0],
            "status": str(trial.status).lower(),
            self.oracle.objective.name: trial.score,
            "seconds": None if is_running else self.seconds.get(trial.trial_id),
            **{name: value for name, value in values.items() if "/" not in name},
        }

    def _serve(self):
        try:
            self.tuner.search(verbose=0)
        except Exception as error:
            self.error = error

    def _created(self, tuner_id):
        trial = self._create(tuner_id)
        if trial.status == "RUNNING":
            self.taken[trial.trial_id] = tuner_id, time.monotonic()
            self._keep()
        elif trial.status == "IDLE":
            time.sleep(SECONDS)  # a worker calls again at once
        return trial

    def _ended(self, trial):
        if trial.trial_id in self.taken:
            seconds = time.monotonic() - self.taken[trial.trial_id][1]
            self.seconds[trial.trial_id] = round(seconds, 1)
        self._end(trial)
        if trial.trial_id in self.oracle._retry_queue and trial.status == "COMPLETED":
            # The chief was started again, and the worker that had the trial has gone on.
            self.oracle._retry_queue.remove(trial.trial_id)
        self._keep()

    def _keep(self):
        self.oracle.save()  # once more: KerasTuner saves before it takes a trial off its list
        keep(Path(self.tuner.project_dir))


class Worker:
    """A worker that is a process of this machine; killed, it is started again."""

    def __init__(self, name: str, *search: Any) -> None:
        self.name, self._search = name, search
        self._process, self._killed = None, {}

    def is_running(self, trial: str | None) -> bool:
        """Whether it has more to do.

        Args:
            trial: What it was given last.

        Raises:
            RuntimeError: It ended with an error, or was killed too often in that trial.
        """
        code = self._process.exitcode if self._process else -1
        if code is None or code == 0:
            return code is None
        killed = self._killed.get(trial, 0) + bool(self._process)
        if code > 0 or killed > RESTARTS:
            how = f"exit code {code}" if code > 0 else f"signal {-code}, {killed} times"
            raise RuntimeError(
                f"Expected {self.name} to search to the end. Received: {how}, in trial "
                f"{trial}"
            )
        if self._process:
            tell(f"{self.name} was killed in trial {trial}; it is started again")
        self._killed[trial] = killed
        address = f"{os.environ[HOST]}:{os.environ[PORT]}"
        self._process = CONTEXT.Process(
            target=_work, args=(*self._search, self.name, address), daemon=True
        )
        self._process.start()
        return True

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.join()


def _work(*arguments):
    """`work` in a process of its own, which says nothing: the chief does."""
    end_with_parent()
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            work(*arguments)
        except KeyboardInterrupt:
            sys.exit(130)


def _wait(chief, workers, are_others, report):
    """Until the search is done."""
    reported = None
    while True:
        last = {worker: trial for trial, (worker, _) in chief.taken.items()}
        running = [worker.is_running(last.get(worker.name)) for worker in workers]
        if chief.error:
            raise chief.error
        if (rows := chief.rows()) != reported:
            if report:
                report(rows)
            reported = rows
        if chief.is_done if are_others else not any(running):
            return
        time.sleep(SECONDS)


@contextlib.contextmanager
def _process(name, host_and_port):
    """What KerasTuner reads of this process."""
    values = dict(zip((TUNER_ID, HOST, PORT), (name, *host_and_port), strict=True))
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
