"""A search by a chief and workers, and what is left of it when one of them is killed."""

import functools
import json
import multiprocessing
import os
import signal
import socket
import threading
from types import SimpleNamespace

import pytest

from keras_memory.recipes.running import parallel_tuning
from keras_memory.recipes.running.addresses import free_port, split
from keras_memory.recipes.running.parallel_tuning import Worker, search, work
from keras_memory.recipes.running.tuning import FINISHED, best_recipe
from keras_memory.zoo.saving.atomic_files import InUseError, locked

NAME, TRIALS = "key_value_lookup", 4
MAIN = "from keras_memory.recipes.command_line import main; main()"


@pytest.fixture(scope="module")
def quick(lookup):
    return lookup.replace(epochs=2, steps_per_epoch=2)


def found(directory):
    """The finished trials of a search: values and score of each."""
    texts = json.loads((directory / NAME / FINISHED).read_text())
    trials = [json.loads(text) for name, text in texts.items() if "trial.json" in name]
    return {
        json.dumps(trial["hyperparameters"]["values"], sort_keys=True): trial["score"]
        for trial in trials
        if trial["status"] == "COMPLETED"
    }


@pytest.fixture(scope="module")
def alone(quick, tmp_path_factory):
    """The trials of one process, and the best recipe."""
    directory = tmp_path_factory.mktemp("alone")
    tuner = quick.tuner(TRIALS, directory, "random")
    tuner.search(verbose=0)
    assert len(found(directory)) == TRIALS
    return found(directory), best_recipe(tuner)


@pytest.fixture
def command(quick, processes, tmp_path):
    """`command(*options, **environment)`: `keras-memory tune` in a process of its own."""
    fields = [f"--set={name}={value}" for name, value in quick.overrides.items()]
    words = ["tune", NAME, f"--trials={TRIALS}", "--algorithm=random", *fields]
    return functools.partial(processes.start, MAIN, *words, f"--directory={tmp_path}")


def same(trials, others):
    assert trials.keys() == others.keys()
    for values, score in trials.items():
        assert score == pytest.approx(others[values], rel=1e-5)


@pytest.mark.several
def test_two_workers_of_which_one_is_killed_try_what_one_process_tries(
    quick, alone, tmp_path
):
    killed, reports = [], []

    def report(rows):
        reports.append(rows)
        if len(rows) == 2 and not killed:
            killed.append(multiprocessing.active_children()[0])
            os.kill(killed[0].pid, signal.SIGKILL)

    tuner = search(quick, TRIALS, tmp_path, "random", report=report)
    assert killed
    same(found(tmp_path), alone[0])
    assert best_recipe(tuner) == alone[1]
    assert {row["worker"] for row in reports[-1]} == {"worker-1", "worker-2"}
    assert {row["status"] for row in reports[-1]} == {"completed"}
    assert not multiprocessing.active_children()
    assert not {*os.environ} & {"KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP"}


@pytest.mark.several
def test_a_killed_chief_takes_its_workers_along_and_goes_on(
    command, processes, alone, tmp_path
):
    chief = command("--workers=2")
    file = tmp_path / NAME / FINISHED
    processes.wait_for(lambda: file.exists() and found(tmp_path), chief)
    workers = children_of(chief.pid)
    processes.kill(chief)
    processes.wait_for(lambda: not any(map(is_running, workers)), seconds=20)
    before = found(tmp_path)
    with locked(tmp_path / NAME):  # nobody else has it
        pass
    chief = command("--workers=1")
    processes.finish(chief)
    assert before.items() <= found(tmp_path).items()
    same(found(tmp_path), alone[0])
    assert f"learning_rate={alone[1].learning_rate}" in chief.out


@pytest.mark.several
def test_a_chief_and_workers_of_other_machines(command, processes, alone, tmp_path):
    """One reads options, the other KerasTuner's variables; the former is killed."""
    address = f"127.0.0.1:{free_port()}"
    chief = command(f"--chief={address}", "--json")
    options = f"--chief={address}", "--worker=one"
    worker = command(*options)
    begun = (tmp_path / NAME / FINISHED).exists  # its first trial
    processes.wait_for(begun, chief, worker)
    processes.kill(worker)
    host, port = address.split(":")
    variables = {
        "KERASTUNER_ORACLE_IP": host,
        "KERASTUNER_ORACLE_PORT": port,
        "KERASTUNER_TUNER_ID": "two",
    }
    workers = command(*options), command(**variables)
    processes.finish(chief, *workers)
    assert [worker.out for worker in workers] == ["", ""]
    overrides = json.loads(chief.out)["overrides"]
    assert overrides == json.loads(json.dumps(alone[1].overrides))
    same(found(tmp_path), alone[0])
    assert "worker=one" in chief.err


def test_a_worker_calls_once_the_chief_listens(monkeypatch):
    """Were gRPC to wait, that would last up to two minutes longer."""
    address = f"127.0.0.1:{(port := free_port())}"
    chief, listening = socket.socket(), threading.Event()

    def listen():
        listening.set()
        chief.bind(("127.0.0.1", int(port)))
        chief.listen()

    called = []
    tuner = SimpleNamespace(search=lambda verbose: called.append(listening.is_set()))
    recipe = SimpleNamespace(tuner=lambda *arguments: tuner)
    late = threading.Timer(0.5, listen)
    with chief:
        late.start()
        work(recipe, 1, "tuning", "random", "one", address)
        late.join()
    assert called == [True]
    monkeypatch.setattr(parallel_tuning, "PATIENCE", 0)
    with pytest.raises(RuntimeError, match=f"^Expected an answer from {address}, in 0 s"):
        work(recipe, 1, "tuning", "random", "one", address)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123
        return [int(child) for child in file.read().split()]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("address", ["here", "here:", ":80", "here:port", "here:99999"])
def test_what_is_no_address(quick, tmp_path, address):
    with pytest.raises(ValueError, match="Expected an address, HOST:PORT. Received: "):
        search(quick, 1, tmp_path, "random", 0, address)


def test_an_address_in_use_is_refused(quick, tmp_path):
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        address = f"127.0.0.1:{used.getsockname()[1]}"
        with pytest.raises(ValueError, match="Expected a free address of this machine"):
            search(quick, 1, tmp_path, "random", 0, address)


def test_who_works(quick, tmp_path):
    with pytest.raises(ValueError, match="workers, or the address of a chief"):
        search(quick, 1, tmp_path, "random", 0)
    with pytest.raises(ValueError, match="name of a worker.*Received: 'chief-2'"):
        work(quick, 1, tmp_path, "random", "chief-2", "here:80")


def test_a_search_in_use_is_refused(quick, tmp_path):
    quick.tuner(directory=tmp_path, algorithm="random")
    with locked(tmp_path / NAME), pytest.raises(InUseError):
        search(quick, 1, tmp_path, "random")


@pytest.mark.parametrize("code", [1, -9])
def test_a_worker_that_never_ends_a_trial_is_an_error(monkeypatch, code):
    """At once, if it is its error; if it is killed, after some times."""

    class Process:
        def __init__(self, **_):
            self.exitcode = code

        def start(self):
            started.append(self)

    started = []
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "here")
    monkeypatch.setenv("KERASTUNER_ORACLE_PORT", "80")
    monkeypatch.setattr(parallel_tuning.CONTEXT, "Process", Process)
    worker = Worker("worker-1")
    with pytest.raises(RuntimeError, match="worker-1 to search to the end.*in trial 3"):
        while worker.is_running("3"):
            pass
    assert len(started) == (1 if code == 1 else parallel_tuning.RESTARTS + 1)


def test_host_and_port():
    assert split("node-1:8000") == ("node-1", "8000")
