"""Bags of one's own: read, standardised, learned, served with the names of labels."""

import logging
import re

import numpy as np
import pytest

from keras_memory import recipes, zoo
from keras_memory.recipes.running.loading import load_model
from keras_memory.recipes.running.recipe_of_model import recipe_of

pytestmark = pytest.mark.long

SMALL = {"epochs": 4, "jit_compile": False}
# Of features whose units differ: their deviations and means.
SCALE, MEAN = [1, 100, 1e4], [0, 500, 0]


def bags(random, sets):
    """Rows of bags; those of one label have an item whose second feature is large."""
    for i in range(sets):
        items = random.normal(size=(random.integers(2, 20), 3)) * SCALE + MEAN
        label = ("plain", "marked")[i % 2]
        if i % 2:
            items[random.integers(len(items)), 1] = 1200
        for item in items:
            yield f"set {i},{label}," + ",".join(f"{x:.6g}" for x in item)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "bags.csv"
    rows = bags(np.random.default_rng(0), 200)
    path.write_text("\n".join(["bag,label,a,b,c", *rows]))
    return path


@pytest.fixture(scope="module")
def run(path, tmp_path_factory):
    recipe = recipes.get("sets_from_file", path=path, folds=8, **SMALL)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "own", verbose=0)


def test_what_was_found_is_reported(path, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("sets_from_file", path=path).prepare()
    (line,) = caplog.messages
    assert "items of 3 features, up to 19 in a bag; 2 labels: 'marked' (100), 'plain'" in line
    assert re.search(r"; the first: [-\d.]+,[-\d.]+,[-\d.]+ .*…? → '(marked|plain)'$", line)


def test_labels_that_are_all_the_same(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("".join(f"{i},same,{i}\n" for i in range(40)))
    with pytest.raises(ValueError, match=r"one.csv: Expected labels that differ"):
        recipes.get("sets_from_file", path=path).prepare()


def test_it_learns_and_answers(run):
    assert run.metrics["accuracy"] > 0.9
    assert run.metrics["auc_percent"] > 95
    answer = run.recipe.answer(run.model, "0,500,0 1000,1200,0")
    assert answer["label"] == "marked"
    assert answer["probability"] > 0.5
    assert run.recipe.answer(run.model, "[[0, 500, 0], [9000, 400, 1]]")["label"] == "plain"
    assert list(run.recipe.figures(run.model)) == ["attention_map"]


def test_a_wrong_question(run):
    for typed in ("1,2", "a", "[[1, 2, 3], 4]", '["a"]', "1,2,nan"):
        with pytest.raises(ValueError, match="items of 3 features"):
            run.recipe.answer(run.model, typed)
    with pytest.raises(ValueError, match="Expected items, as"):
        run.recipe.answer(run.model, "")


def test_a_batch_has_the_items_of_its_bags(path):
    recipe = recipes.get("sets_from_file", path=path)
    examples = recipe.examples("test")
    inputs, labels = recipe.to_batch({name: array[-5:] for name, array in examples.items()})
    assert inputs["items"].shape[1] in (8, 16, 32)
    for bag, items, length, label in zip(
        recipe.own["test"][-5:], inputs["items"], inputs["length"], labels, strict=True
    ):
        np.testing.assert_array_equal(items[:length], bag.items)
        assert recipe.labels[label] == bag.label


def test_by_shell_and_served_features_as_they_are(run, by_shell):
    items = [[[0, 500, 0], [9, 1200, 0]]] * 2
    answered, served = by_shell(
        run,
        ["--items", "0,500,0 9,1200,0"],
        "classify",
        items=np.array(items, float).tolist(),
        length=[2, 1],
    )
    assert answered["label"] == "marked"
    assert served["label"] == ["marked", "plain"]


def test_a_preset_of_it_knows_its_labels(run, tmp_path):
    run.model.save_to_preset(tmp_path / "preset")
    model = zoo.from_preset(tmp_path / "preset")
    assert model.arguments["labels"] == ["marked", "plain"]
    config = {"registered_name": "keras_memory>SetClassifier", "config": model.arguments}
    assert recipe_of(config).name == "sets_from_file"


def test_folds(path):
    tested = []
    for seed in range(5):
        recipe = recipes.get("sets_from_file", path=path, folds=5, seed=seed)
        own = recipe.own
        assert [len(own[split]) for split in ("train", "validation", "test")] == [120, 40, 40]
        assert sum(bag.label == "marked" for bag in own["test"]) == 20
        tested += [bag.items[0, 0] for bag in own["test"]]
    assert len(set(tested)) == 200


def test_a_run_with_folds_is_tested_on_a_file(run, tmp_path):
    new = tmp_path / "new.csv"
    new.write_text("\n".join(bags(np.random.default_rng(1), 40)))
    recipe, model = load_model(run.folder, test_path=new)
    sizes = [len(recipe.own[split]) for split in ("train", "validation", "test")]
    assert sizes == [148, 26, 40]
    assert recipe.evaluate(model)["accuracy"] > 0.9
    seen = recipe.for_tests(test_path="").evaluate(model)
    assert seen == run.recipe.evaluate(run.model)


def test_several_labels_and_constant_features(tmp_path):
    path = tmp_path / "three.csv"
    path.write_text("\n".join(f"{i},{i % 3},{i % 3},7" for i in range(90)))
    recipe = recipes.get("sets_from_file", path=path, epochs=1, jit_compile=False)
    model = recipe.seeded_model()
    assert model.output.shape == (None, 3)
    assert set(recipe.evaluate(model)) == {"accuracy"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of bags"),
        ({"path": "nothing.csv"}, "nothing.csv, no such file"),
        ({"path": "nothing.doc"}, "ends with .csv"),
        ({"path": "a.csv", "folds": 2}, "Expected 3 folds or more. Received: 2"),
        ({"path": "a.csv", "folds": 5, "test_path": "b.csv"}, "folds of one file"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("sets_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


def test_files_of_other_features(path, tmp_path):
    (tmp_path / "test.csv").write_text("a,marked,1\n")
    recipe = recipes.get("sets_from_file", path=path, test_path=tmp_path / "test.csv")
    with pytest.raises(ValueError, match=r"test.csv: Expected 3 features, .* Received: 1"):
        recipe.prepare()
