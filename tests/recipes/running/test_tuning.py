import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest

from keras_memory import recipes
from keras_memory.recipes.running.tuning import FINISHED, best_recipe

SEARCH = """
import sys
from keras_memory import recipes
recipe = recipes.get("ntm_copy", **eval(sys.argv[1]))
recipe.tuner(max_trials=4, directory=sys.argv[2], algorithm=sys.argv[3]).search(verbose=0)
"""


@pytest.fixture
def quick(tiny):
    return tiny.replace(epochs=2, steps_per_epoch=2)


@pytest.mark.parametrize("algorithm", ["bayesian", "hyperband"])
def test_a_search_ends_in_a_recipe_that_trains(quick, tmp_path, algorithm):
    tuner = quick.tuner(max_trials=3, directory=tmp_path, algorithm=algorithm)
    tuner.search(verbose=0)
    scores = [trial.score for trial in tuner.oracle.trials.values()]
    assert len(scores) >= 2
    assert min(scores) == tuner.oracle.get_best_trials(1)[0].score
    best = best_recipe(tuner)
    drawn = tuner.get_best_hyperparameters(1)[0].values
    assert best.learning_rate == drawn["learning_rate"]
    assert best.memory_slots == quick.memory_slots
    assert best.fit(tmp_path / "run", verbose=0).metrics


@pytest.mark.parametrize("algorithm", ["bayesian", "hyperband"])
def test_killed_and_started_again_it_keeps_finished_trials(quick, tmp_path, algorithm):
    fields = quick.replace(epochs=4).overrides
    command = [sys.executable, "-c", SEARCH, repr(fields), tmp_path, algorithm]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finished = []
    while process.poll() is None and len(finished) < 2:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        finished = finished_trials(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path: path.read_text() for path in finished_trials(tmp_path)}
    assert len(kept) >= 2
    subprocess.run(command, check=True, capture_output=True)
    assert len(finished_trials(tmp_path)) > len(kept)
    for path, text in kept.items():
        assert path.read_text() == text


def finished_trials(directory):
    folder = directory / "ntm_copy"
    kept = json.loads((folder / FINISHED).read_text()) if (folder / FINISHED).exists() else {}
    return [folder / name for name, text in kept.items() if '"COMPLETED"' in text]


@pytest.mark.parametrize("algorithm", ["bayesian", "hyperband"])
def test_killed_while_it_writes_it_goes_on(quick, tmp_path, algorithm):
    quick.tuner(max_trials=2, directory=tmp_path, algorithm=algorithm).search(verbose=0)
    kept = {path: path.read_text() for path in finished_trials(tmp_path)}
    folder = tmp_path / "ntm_copy"
    for half_written in [folder / "oracle.json", *kept]:
        half_written.write_text(half_written.read_text()[:50])
    (folder / "trial_9").mkdir()
    (folder / "trial_9" / "trial.json").write_text("{")
    tuner = quick.tuner(max_trials=3, directory=tmp_path, algorithm=algorithm)
    assert len(tuner.oracle.trials) == len(kept)
    tuner.search(verbose=0)
    assert {path: path.read_text() for path in kept} == kept
    assert algorithm == "hyperband" or len(tuner.oracle.trials) == 3


def test_killed_in_its_first_trial_it_begins_again(quick, tmp_path):
    quick.tuner(directory=tmp_path)
    (tmp_path / "ntm_copy" / "oracle.json").write_text("{")
    tuner = quick.tuner(max_trials=1, directory=tmp_path)
    tuner.search(verbose=0)
    assert len(finished_trials(tmp_path)) == 1


@pytest.mark.parametrize(
    ("change", "algorithm", "what"),
    [({"steps_per_epoch": 3}, "random", "fields"), ({}, "bayesian", "algorithm")],
)
def test_another_search_in_the_same_directory_is_refused(
    quick, tmp_path, change, algorithm, what
):
    quick.tuner(directory=tmp_path, algorithm="random")
    with pytest.raises(ValueError, match=f"other {what}; choose another directory"):
        quick.replace(**change).tuner(directory=tmp_path, algorithm=algorithm)


def test_a_changed_space_is_refused(quick, tmp_path, monkeypatch):
    quick.tuner(directory=tmp_path)
    monkeypatch.setattr(
        type(quick), "search_space", lambda self, hp: {"seed": hp.Int("seed", 0, 9)}
    )
    with pytest.raises(ValueError, match="other space"):
        quick.tuner(directory=tmp_path)


def test_an_unknown_algorithm_is_refused(quick, tmp_path):
    with pytest.raises(ValueError, match="bayesian, hyperband, random.*'grid'"):
        quick.tuner(directory=tmp_path, algorithm="grid")


def test_no_finished_trial_is_said(quick, tmp_path):
    with pytest.raises(ValueError, match="finished trial"):
        best_recipe(quick.tuner(directory=tmp_path))


def test_the_space_holds_fields_only():
    import keras_tuner

    for name in recipes.names():
        recipe = recipes.get(name)
        recipe.replace(**recipe.search_space(keras_tuner.HyperParameters()))


def test_nothing_to_tune(tmp_path):
    with pytest.raises(ValueError, match="something to tune. Received: hopfield_capacity"):
        recipes.get("hopfield_capacity").tuner(directory=tmp_path)
    assert not any(tmp_path.iterdir())
