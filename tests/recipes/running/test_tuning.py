import json
import random
import shutil
import signal

import keras_tuner
import pytest

from keras_memory import recipes
from keras_memory.recipes.running.tuning import FINISHED, best_recipe
from keras_memory.zoo.saving.atomic_files import locked

# A search that is killed when a trial begins, so many being finished.
SEARCH = """
import os, signal, sys
from keras_memory import recipes
fields, folder, algorithm, finished = sys.argv[1:]
tuner = recipes.get("key_value_lookup", **eval(fields)).tuner(3, folder, algorithm)
run_trial, begun = tuner.run_trial, []

def run_or_die(trial, *arguments, **named):
    if len(begun) == int(finished):
        os.kill(os.getpid(), signal.SIGKILL)
    begun.append(trial)
    return run_trial(trial, *arguments, **named)

tuner.run_trial = run_or_die
tuner.search(verbose=0)
"""


ALGORITHMS = "bayesian", "hyperband"
NAME = "key_value_lookup"


@pytest.fixture(scope="module")
def quick(lookup):
    return lookup.replace(epochs=2, steps_per_epoch=2)


@pytest.fixture(scope="module", params=ALGORITHMS)
def killed(request, quick, children, tmp_path_factory):
    """An algorithm, and the directory of its search, killed after a trial; for copies."""
    directory = tmp_path_factory.mktemp("killed")
    child = children.start(SEARCH, repr(quick.overrides), directory, request.param, 1)
    assert child.wait() == -signal.SIGKILL, child.errors
    return request.param, directory


def finished_trials(directory):
    """The files of finished trials, and their texts."""
    folder = directory / NAME
    path = folder / FINISHED
    texts = json.loads(path.read_text()) if path.exists() else {}
    paths = [folder / name for name, text in texts.items() if '"COMPLETED"' in text]
    return {path: path.read_text() for path in paths}


def test_killed_and_started_again_it_ends_in_a_recipe_that_trains(quick, killed, tmp_path):
    """What was finished stays."""
    algorithm, directory = killed
    shutil.copytree(directory, tmp_path, dirs_exist_ok=True)
    finished = finished_trials(tmp_path)
    assert len(finished) == 1
    tuner = quick.tuner(max_trials=3, directory=tmp_path, algorithm=algorithm)
    tuner.search(verbose=0)
    assert len(finished_trials(tmp_path)) > 1
    for path, text in finished.items():
        assert path.read_text() == text
    scores = [trial.score for trial in tuner.oracle.trials.values()]
    assert algorithm == "hyperband" or len(scores) == 3
    assert min(scores) == tuner.oracle.get_best_trials(1)[0].score
    best = best_recipe(tuner)
    values = tuner.get_best_hyperparameters(1)[0].values
    assert best.learning_rate == values["learning_rate"]
    assert best.distractors == quick.distractors
    assert best.fit(tmp_path / "run", verbose=0).metrics


def test_killed_while_it_writes_it_goes_on(quick, killed, tmp_path):
    """From the state that it had after its last trial."""
    algorithm, directory = killed
    shutil.copytree(directory, tmp_path, dirs_exist_ok=True)
    folder, finished = tmp_path / NAME, finished_trials(tmp_path)
    for half_written in [folder / "oracle.json", *finished]:
        half_written.write_text(half_written.read_text()[:50])
    (folder / "trial_9").mkdir()
    (folder / "trial_9" / "trial.json").write_text("{")
    tuner = quick.tuner(max_trials=3, directory=tmp_path, algorithm=algorithm)
    assert len(tuner.oracle.trials) == len(finished) == 1
    for name, text in json.loads((folder / FINISHED).read_text()).items():
        assert (folder / name).read_text() == text
    assert finished_trials(tmp_path) == finished
    assert not (folder / "trial_9" / "trial.json").exists()


def test_killed_in_its_first_trial_it_begins_again(quick, tmp_path):
    quick.tuner(directory=tmp_path)
    (tmp_path / NAME / "oracle.json").write_text("{")
    tuner = quick.tuner(max_trials=1, directory=tmp_path)
    tuner.search(verbose=0)
    assert len(finished_trials(tmp_path)) == 1


def test_a_search_in_use_is_refused(quick, tmp_path):
    tuner = quick.tuner(directory=tmp_path)
    with locked(tmp_path / NAME), pytest.raises(ValueError, match="in use by another"):
        tuner.search(verbose=0)


@pytest.mark.parametrize("algorithm", ["bayesian", "hyperband", "random"])
def test_a_search_is_that_of_its_seed(quick, tmp_path, algorithm):
    """Of seed 0, too."""

    def sampled(seed, attempt):
        folder = tmp_path / str(attempt)
        tuner = quick.replace(seed=seed).tuner(3, folder, algorithm)
        trials = [tuner.oracle.create_trial("worker") for _ in range(3)]
        return [trial.hyperparameters.values for trial in trials]

    assert sampled(0, 1) == sampled(0, 2) != sampled(1, 3)


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


def test_no_finished_trial_is_an_error(quick, tmp_path):
    with pytest.raises(ValueError, match="finished trial"):
        best_recipe(quick.tuner(directory=tmp_path))


@pytest.mark.parametrize("name", recipes.names())
def test_the_space_is_of_fields_and_holds_the_recipe_found(name):
    """What a search changes are fields that the recipe has, each to more than one value."""
    recipe, seen = recipes.get(name), {}
    for seed in range(8):
        space = keras_tuner.HyperParameters()
        recipe.search_space(space)
        chooser = random.Random(seed)
        for parameter in space.space:
            space.values[parameter.name] = parameter.random_sample(chooser.randrange(10**6))
        overrides = recipe.search_space(space)
        assert set(overrides) <= set(type(recipe).__pydantic_fields__)
        found = recipe.replace(**overrides)
        for field, value in overrides.items():
            assert getattr(found, field) == value
            seen.setdefault(field, set()).add(value)
    assert all(len(values) > 1 for values in seen.values())


def test_nothing_to_tune(tmp_path):
    with pytest.raises(ValueError, match="something to tune. Received: hopfield_capacity"):
        recipes.get("hopfield_capacity").tuner(directory=tmp_path)
    assert not any(tmp_path.iterdir())
