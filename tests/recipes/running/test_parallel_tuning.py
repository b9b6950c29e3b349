"""A search by a chief and workers, and what is left of it when one of them is killed."""

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time

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


def command(quick, directory, *options):
    """`keras-memory tune` in a process of its own."""
    fields = [f"--set={name}={value}" for name, value in quick.overrides.items()]
    words = ["tune", NAME, f"--trials={TRIALS}", "--algorithm=random", *fields, *options]
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *words, f"--directory={directory}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


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
def test_a_killed_chief_takes_its_workers_along_and_goes_on(quick, alone, tmp_path):
    chief = command(quick, tmp_path, "--workers=2")
    file = tmp_path / NAME / FINISHED
    wait_for(lambda: file.exists() and found(tmp_path))
    workers = children_of(chief.pid)
    chief.kill()
    chief.communicate()
    wait_for(lambda: not any(map(is_running, workers)), 20)
    before = found(tmp_path)
    with locked(tmp_path / NAME):  # nobody else has it
        pass
    chief = command(quick, tmp_path, "--workers=1")
    output, errors = chief.communicate()
    assert chief.returncode == 0, errors
    assert before.items() <= found(tmp_path).items()
    same(found(tmp_path), alone[0])
    assert f"learning_rate={alone[1].learning_rate}" in output


@pytest.mark.several
def test_a_chief_and_workers_of_other_machines(quick, alone, tmp_path):
    """One reads options, the other KerasTuner's variables; the former is killed."""
    address = f"127.0.0.1:{free_port()}"
    chief = command(quick, tmp_path, f"--chief={address}", "--json")
    options = f"--chief={address}", "--worker=one"
    worker = command(quick, tmp_path, *options)
    wait_for((tmp_path / NAME / FINISHED).exists)  # its first trial was begun
    worker.kill()
    worker.communicate()
    workers = [command(quick, tmp_path, *options)]
    with pytest.MonkeyPatch.context() as patch:
        host, port = address.split(":")
        patch.setenv("KERASTUNER_ORACLE_IP", host)
        patch.setenv("KERASTUNER_ORACLE_PORT", port)
        patch.setenv("KERASTUNER_TUNER_ID", "two")
        workers.append(command(quick, tmp_path))
    for worker in workers:
        output, errors = worker.communicate()
        assert (worker.returncode, output) == (0, ""), errors
    output, errors = chief.communicate()
    assert chief.returncode == 0, errors
    assert json.loads(output)["overrides"] == json.loads(json.dumps(alone[1].overrides))
    same(found(tmp_path), alone[0])
    assert "worker=one" in errors


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
