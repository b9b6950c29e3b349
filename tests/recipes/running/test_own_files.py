"""Recipes of one's own files: what a model was trained on stays what it was."""

import json

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.running.tuning import best_recipe

pytestmark = pytest.mark.long

NUMBER = 60


def row_of(name, i):
    """The i-th row of a recipe's file, most with names of their own."""
    points = [[0, i], [i, 1], [i % 3, i % 5]]
    return {
        "stories_from_file": f"Ana{i} walks to room{i}.\tWhere is she?\troom{i}\n",
        "tags_from_file": f"word{i} TAG{i}\nis O\n\n",
        "pairs_from_file": f"{chr(200 + i)}{i}\t{chr(300 + i) * (1 + i // 20)}\n",
        "documents_from_file": f"text{i}.,label{i % 9}\n",
        "characters_from_file": f"{chr(200 + i % 9)}{i} and so on\n",
        "sets_from_file": f"bag{i},label{i % 7},{i},2\nbag{i},label{i % 7},1,{i}\n",
        "sequences_from_file": f"label{i % 9},{','.join(map(str, range(i + 1)))}\n",
        "pointers_from_file": (
            json.dumps({"points": points, "answer": [0, 2, 1] + [0] * (i < NUMBER)}) + "\n"
        ),
    }[name]


ENDINGS = {
    "stories_from_file": "tsv",
    "tags_from_file": "txt",
    "pairs_from_file": "tsv",
    "documents_from_file": "csv",
    "characters_from_file": "txt",
    "sets_from_file": "csv",
    "sequences_from_file": "csv",
    "pointers_from_file": "jsonl",
}
# What a model has of its files.
LEARNED = {
    "stories_from_file": ("vocabulary",),
    "tags_from_file": ("vocabulary", "tags", "singletons"),
    "pairs_from_file": ("characters", "source_length", "target_length"),
    "documents_from_file": ("vocabulary", "labels", "size"),
    "characters_from_file": ("alphabet",),
    "sets_from_file": ("labels", "item_shape"),
    "sequences_from_file": ("labels", "_moments"),
    "pointers_from_file": ("scale", "rule", "is_closed"),
}


@pytest.mark.parametrize("name", [*ENDINGS, "patterns_from_file"])
def test_a_card_names_the_file(name):
    assert recipes.get(name, path="folder/mine.csv").study.data == "mine.csv"


@pytest.fixture(params=ENDINGS)
def files(request, tmp_path):
    """A recipe's name, a file for training, and one whose names and sizes are others."""
    name, ending = request.param, ENDINGS[request.param]
    paths = [tmp_path / f"{part}.{ending}" for part in ("all", "test")]
    numbers = range(NUMBER), range(NUMBER, NUMBER + 11)
    if name == "characters_from_file":  # others are refused
        numbers = range(NUMBER), range(NUMBER // 2)
    for path, rows in zip(paths, numbers, strict=True):
        text = "".join(row_of(name, i) for i in rows)
        path.write_text(text, "utf-8")
    return name, *paths


def test_a_file_for_tests_replaces_that_part_alone(files):
    name, path, test_path = files
    recipe = recipes.get(name, path=path)
    tested = recipe.for_tests(test_path=test_path)
    assert (tested.test_path, tested.path) == (str(test_path), str(path))
    for split in ("train", "validation"):
        assert len(tested.own[split]) == len(recipe.own[split])
        np.testing.assert_equal(tested.own[split][0], recipe.own[split][0])
    alone = recipes.get(name, path=test_path, test_path=test_path).own["test"]
    np.testing.assert_equal(tested.own["test"][0], alone[0])
    assert len(tested.own["test"]) == len(alone)
    for attribute in LEARNED[name]:
        np.testing.assert_equal(getattr(tested, attribute), getattr(recipe, attribute))
    assert next(iter(tested.examples("test").values())) is not None
    # In training, the file is one of three: what is not in it is trained on.
    trained = recipes.get(name, path=path, test_path=test_path)
    assert len(trained.own["train"]) > len(recipe.own["train"])


def test_replaced_again(tmp_path):
    for part in ("all", "other"):
        rows = [f"{part}{i},{i % 2}\n" for i in range(40)]
        (tmp_path / f"{part}.csv").write_text("".join(rows))
    recipe = recipes.get("documents_from_file", path=tmp_path / "all.csv")
    once = recipe.for_tests(test_path=tmp_path / "other.csv")
    again = once.for_tests(validation_path=tmp_path / "other.csv")
    assert len(again.own["test"]) == len(again.own["validation"]) == 40
    assert list(again.own["train"]) == list(recipe.own["train"])
    with pytest.raises(ValueError, match="Expected a file that ends with"):
        len(once.for_tests(validation_path="x").own)


TINY = {
    "documents_from_file": {"embedding_dim": 4, "units": 2, "dropout": 0.3},
    "sequences_from_file": {"units": 4, "k_top": 2},
}


@pytest.fixture(params=TINY)
def tiny(request, tmp_path):
    """A recipe of texts, and one of numbers."""
    name = request.param
    path = tmp_path / f"all.{ENDINGS[name]}"
    path.write_text("".join(row_of(name, i) for i in range(NUMBER)))
    sizes = {"epochs": 2, "steps_per_epoch": 3, "batch_size": 8, "jit_compile": False}
    return recipes.get(name, path=path, **sizes, **TINY[name])


def test_a_run_that_goes_on_ends_as_one_that_was_not_stopped(tiny, tmp_path):
    whole = tiny.fit(tmp_path / "whole", verbose=0)
    tiny.replace(epochs=1).fit(tmp_path / "stopped", verbose=0)
    resumed = tiny.fit(tmp_path / "stopped", resume=True, verbose=0)
    assert resumed.metrics == whole.metrics
    for ours, theirs in zip(
        resumed.model.get_weights(), whole.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_search_of_its_fields(tiny, tmp_path):
    tuner = tiny.replace(epochs=1).tuner(1, tmp_path / "tuning", "random")
    tuner.search(verbose=0)
    best = best_recipe(tuner)
    assert (best.path, best.batch_size) == (tiny.path, 8)
    assert best.learning_rate == tuner.get_best_hyperparameters(1)[0]["learning_rate"]
