"""Documents of one's own: any classes, by their names; reported, learned."""

import logging
import re

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.running.loading import load_model

pytestmark = pytest.mark.long

PLAIN = "the a note of it and is was for to"
TOPICS = {"sport": "goal", "musique": "opéra", "weather": "rain"}

SMALL = {
    "epochs": 3,
    "steps_per_epoch": 30,
    "batch_size": 32,
    "learning_rate": 1e-2,
    "embedding_dim": 8,
    "units": 4,
    "dropout": 0.1,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Documents of three classes, whose one telling word is hidden among plain ones."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("own") / "notes.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("label,text\n")
        for _ in range(400):
            label = random.choice([*TOPICS])
            words = random.choice(PLAIN.split(), size=random.integers(6, 12)).tolist()
            words[random.integers(len(words))] = TOPICS[label]
            words[len(words) // 2] += "."
            file.write(f"{label},{' '.join(words)}\n")
    return path


@pytest.fixture(scope="module")
def run(path, tmp_path_factory):
    recipe = recipes.get("documents_from_file", path=path, **SMALL)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "notes", verbose=0)


def test_it_learns_and_names_the_class(run, by_shell):
    recipe, model = run.recipe, run.model
    assert run.metrics["accuracy"] > 0.9
    answer = recipe.answer(model, "It was the Opéra of Lyon.")
    assert (answer["label"], answer["unknown"]) == ("musique", "lyon")
    assert list(recipe.figures(model)) == ["document"]
    texts = ["rain and rain", "a goal. it is"]
    answered, served = by_shell(run, ["--text", texts[0]], texts=texts)
    assert answered["label"] == "weather"
    assert served["label"] == ["weather", "sport"]


def test_a_class_that_training_lacks_is_wrong(run, tmp_path):
    (tmp_path / "test.tsv").write_text("rain\tweather\nrain\tclimate\n")
    recipe, model = load_model(run.folder, test_path=tmp_path / "test.tsv")
    assert recipe.evaluate(model)["accuracy"] == 0.5
    assert len(recipe.examples("test")["label"]) == 1
    assert recipe.evaluate(model, "validation") == run.recipe.evaluate(model, "validation")


def test_other_names_are_refused(run, tmp_path):
    (tmp_path / "other.csv").write_text("".join(f"w{i},{i % 3}\n" for i in range(40)))
    with pytest.raises(ValueError, match="Expected fields that fit the weights"):
        load_model(run.folder, path=tmp_path / "other.csv")


def test_lengths_are_those_of_the_documents(path, caplog):
    recipe = recipes.get("documents_from_file", path=path)
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipe.prepare()
    (line,) = caplog.messages
    assert "3 classes: 'musique', 'sport', 'weather'; 13 words; up to 2 sentences of" in line
    assert re.search(r"; the first: '.+' → '\w+'$", line)
    assert recipe.size == (2, 6)
    assert recipe.replace(sentences=1, words=3).size == (1, 3)
    ids, _ = next(iter(recipe.dataset("train")))
    assert ids.shape[1:] == (2, 6)


def test_documents_of_a_text_are_in_one_split(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("".join(f"a{i},{i % 2}\n" for i in range(100)) * 2)
    recipe = recipes.get("documents_from_file", path=path)
    texts = {split: recipe.examples(split)["text"] for split in ("train", "test")}
    assert not {*texts["train"]} & {*texts["test"]}
    assert len(texts["test"]) == pytest.approx(20, abs=4)


def test_a_folder_is_read(tmp_path):
    for label in ("a", "b"):
        for i in range(40):
            file = tmp_path / "notes" / label / f"{i}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{label} {i}")
    recipe = recipes.get("documents_from_file", path=tmp_path / "notes")
    for split in ("train", "validation", "test"):
        labels = recipe.examples(split)["label"]
        assert np.mean(labels) == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of documents"),
        ({"path": "nothing.csv"}, "nothing.csv, no such file"),
        ({"path": "nothing.doc"}, "ends with .csv"),
        ({"dropout": 1}, "dropout"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("documents_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a{i},b\n", "one.csv: Expected documents of two classes or more .*: 'b' alone"),
        ("a{i},{i}\n", "one.csv: Expected documents of the training classes for validation"),
        ("--,{i}\n", "one.csv: Expected enough documents for "),
    ],
)
def test_too_few_classes(row, message, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("".join(row.format(i=i) for i in range(50)))
    with pytest.raises(ValueError, match=message):
        recipes.get("documents_from_file", path=path).fit(tmp_path / "run", verbose=0)
    assert not (tmp_path / "run").exists()
