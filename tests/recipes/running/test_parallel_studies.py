"""Several processes train the runs of one study, in a folder that they share."""

import contextlib
import dataclasses
import json

import pytest

from keras_memory import recipes
from keras_memory.recipes.running.reproduction import reproduce
from keras_memory.recipes.running.run import Run
from keras_memory.recipes.running.training_runs import train_all
from keras_memory.zoo.saving.atomic_files import InUseError, locked
from keras_memory.zoo.saving.presets import Preset

NAME, SEEDS = "key_value_lookup", range(4)
# A study of four seeds, as a process of its own trains it.
STUDY = """
import dataclasses, json, logging, sys
from keras_memory import recipes
from keras_memory.recipes.running.reproduction import reproduce

name, fields, seeds, root, jobs, shard = json.loads(sys.argv[1])
recipe = recipes.registry.recipe_class(name)
parts = {"seeds": [{"seed": seed} for seed in seeds]}
recipe.study = dataclasses.replace(recipe.study, parts=parts, beyond=lambda r, model: [])
logging.basicConfig(level=logging.INFO, format="%(message)s")
reproduce(name, root + "/runs", root + "/presets", jobs, shard=shard, **fields)
"""


@pytest.fixture(scope="module")
def quick(lookup):
    return lookup.replace(epochs=2, steps_per_epoch=2).overrides


@pytest.fixture
def study(quick, processes, tmp_path):
    """`study(jobs, shard)`: the study, begun in a process of its own."""

    def start(jobs=1, shard="1/1"):
        arguments = [NAME, quick, list(SEEDS), str(tmp_path), jobs, shard]
        return processes.start(STUDY, json.dumps(arguments))

    return start


def metrics(root):
    return {
        path.parent.name: json.loads(path.read_text())
        for path in root.glob("runs/**/metrics.json")
    }


def is_in_use(folder):
    try:
        with locked(folder):
            return False
    except InUseError:
        return True


def trained(errors):
    lines = errors.splitlines()
    return [line.split()[-1] for line in lines if line.startswith("training ")]


@pytest.fixture(scope="module")
def alone(quick, tmp_path_factory):
    """The study of one process: metrics by run, and the preset's metadata."""
    root = tmp_path_factory.mktemp("alone")
    recipe = recipes.registry.recipe_class(NAME)
    parts = {"seeds": [{"seed": seed} for seed in SEEDS]}
    study = dataclasses.replace(recipe.study, parts=parts, beyond=lambda r, model: [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "study", study)
        reproduce(NAME, root / "runs", root / "presets", **quick)
    return metrics(root), Preset.get(root / "presets" / NAME).metadata


def same(root, alone):
    found = metrics(root)
    assert found.keys() == alone[0].keys()
    for run, values in found.items():
        assert values == pytest.approx(alone[0][run], rel=1e-5)
    metadata = Preset.get(root / "presets" / NAME).metadata
    assert metadata["seed"] == alone[1]["seed"]
    assert metadata["studies"] == alone[1]["studies"]


@pytest.mark.several
def test_two_processes_never_take_the_same_run(study, processes, alone, tmp_path):
    both = study(), study()
    processes.finish(*both)
    finished = {line for process in both for line in trained(process.err)}
    assert len(finished) == len(SEEDS)
    same(tmp_path, alone)


@pytest.mark.several
def test_killed_jobs_leave_nothing_locked_and_shards_go_on(study, processes, alone, tmp_path):
    killed = study(jobs=2)
    processes.wait_for(lambda: len([*tmp_path.glob("runs/**/run.json")]) >= 2, killed)
    processes.kill(killed)
    begun = [path.parent for path in tmp_path.glob("runs/**/run.json")]
    # Until its processes see that it has ended.
    processes.wait_for(lambda: not any(map(is_in_use, begun)))
    shards = [study(shard=f"{i}/2") for i in (1, 2)]
    processes.finish(*shards)
    assert not set.intersection(*(set(trained(shard.err)) for shard in shards))
    same(tmp_path, alone)


def test_a_run_in_use_is_left_to_its_process(lookup, tmp_path, monkeypatch):
    """And taken once that has stopped, if it has by then."""
    recipe, busy = lookup.replace(seed=3), tmp_path / "busy"
    other = lookup.replace(seed=4)
    Run.start(recipe, busy)
    order = []

    def train(self, verbose="auto", trainer=None):
        with locked(self.folder):
            order.append(self.folder.name)
            if self.folder == tmp_path / "free":
                lock.close()
            self.metrics = {}
            (self.folder / "metrics.json").write_text("{}")
        return self

    monkeypatch.setattr(Run, "train", train)
    with contextlib.ExitStack() as lock:
        lock.enter_context(locked(busy))
        train_all({busy: recipe, tmp_path / "free": other}, jobs=1)
    assert order == ["free", "busy"]
    train_all({busy: recipe, tmp_path / "free": other}, jobs=1)
    assert order == ["free", "busy"]  # both are finished


@pytest.mark.parametrize("shard", ["", "1", "0/2", "3/2", "a/b", "1/2/3"])
def test_what_is_no_shard(shard, tmp_path):
    with pytest.raises(ValueError, match="Expected a shard i/n, from 1/n to n/n. Received: "):
        reproduce(NAME, tmp_path, shard=shard)
