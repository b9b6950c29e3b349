"""Recipes of tagged sentences: requests out of a grammar, and files of the user's."""

from pathlib import Path

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.recurrent import tagging_beyond
from keras_memory.recipes.recurrent.pos_tagging_ewt import TAGS
from keras_memory.recipes.recurrent.slots_study import ENCODERS

pytestmark = pytest.mark.long

PREPARED = Path(__file__).parents[4] / "shared"
SMALL = {
    "train_examples": 600,
    "epochs": 4,
    "steps_per_epoch": 60,
    "batch_size": 16,
    "learning_rate": 0.01,
    "encoder": "conv",  # the fastest
    "depth": 2,
    "crf": False,
    "units": 32,
    "embedding_dim": 16,
    "letter_dim": 16,
    "dropout": 0.1,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def small():
    return recipes.get("slot_filling_world", **SMALL)


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    return small.fit(tmp_path_factory.mktemp("runs") / "small", verbose=0)


def test_it_learns_where_from_and_where_to(run):
    """The most frequent tag of each word alone has an F1 of 40."""
    assert run.metrics["f1"] > 80
    assert run.metrics["intent_accuracy"] > 95
    assert 20 < run.metrics["sentence_accuracy"] <= run.metrics["intent_accuracy"]


def test_predictions_are_in_the_order_of_the_sentences(run, small):
    found = small.sentences("test")
    predicted = small.predicted(run.model, "test")
    assert [len(row) for row in predicted["tags"]] == [len(row) for row in found["words"]]
    alone = run.model.tag([found["words"][7]])["tags"]
    assert [tag.decode() for tag in np.asarray(alone)[0]] == predicted["tags"][7]


def test_beyond_the_test(run, small, monkeypatch):
    monkeypatch.setattr(tagging_beyond, "SENTENCES", 40)
    rows = {row["condition"]: row for row in tagging_beyond.beyond(small, run.model)}
    assert [row["sentences"] for row in rows.values()] == [40, 40, 20, 40]
    assert rows["upper case"]["f1"] == rows["as in the test"]["f1"] > 80  # letters are folded
    assert rows["a letter of one word is another"]["f1"] < rows["as in the test"]["f1"]


def test_an_answer(run, small):
    answer = small.answer(run.model, "Show me trains to Qrville from Lininburg on monday")
    assert list(answer) == ["tags", "lowest_probability", "unknown", "intent"]
    assert "Qrville/B-to from/O Lininburg/B-from" in answer["tags"]
    assert "Qrville" in answer["unknown"].split(", ")
    with pytest.raises(ValueError, match="Expected a sentence"):
        small.answer(run.model, "  ")


def test_a_batch_is_as_wide_as_it_must_be(small):
    examples = small.examples("train")
    order = np.argsort(examples["length"])
    with_tags = small.replace(crf=True)
    inputs, targets, weights = with_tags.to_batch(
        {k: v[order[:5]] for k, v in examples.items()}
    )
    assert inputs["words"].shape == inputs["letters"].shape[:2] == targets["tags"].shape
    assert inputs["words"].shape[1] == 12
    np.testing.assert_array_equal(inputs["words"] != 0, weights["tags"] == 1)
    np.testing.assert_array_equal(inputs["tags"], targets["tags"])


def test_words_of_a_batch_are_those_of_the_sentences(small):
    examples = {name: array[:3] for name, array in small.examples("train").items()}
    inputs, targets, _ = small.to_batch(examples)
    for row, (words, tags) in enumerate(
        zip(small.sentences("train")["words"], small.sentences("train")["tags"], strict=True)
    ):
        if row == 3:
            break
        numbers = inputs["words"].numpy()[row, : len(words)] - 2
        assert [small.vocabulary[number] for number in numbers] == words
        letters = inputs["letters"].numpy()[row, 0]
        assert "".join(map(chr, letters[letters > 0])) == words[0][:12]
        assert [small.tags[tag] for tag in targets["tags"].numpy()[row, : len(tags)]] == tags


def test_the_vocabulary_ends_with_words_that_occur_once():
    recipe = recipes.get("slot_filling_world", **{**SMALL, "train_examples": 40})
    once = recipe.vocabulary[-recipe.singletons :]
    words = [word for row in recipe.sentences("train")["words"] for word in row]
    assert recipe.singletons
    assert all(words.count(word) == 1 for word in once)
    assert words.count(recipe.vocabulary[-recipe.singletons - 1]) > 1


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


COLUMNS = "Anna NNP B-PER\nlives VBZ O\nin IN O\nNew NNP B-LOC\nYork NNP I-LOC\n\n"


def test_a_file_of_columns(tmp_path):
    path = tmp_path / "names.conll"
    write(path, "-DOCSTART- -X- O\n\n" + COLUMNS * 20)
    recipe = recipes.get("slot_filling_world", path=str(path), **SMALL)
    counts = [len(recipe.sentences(s)["words"]) for s in ("train", "validation", "test")]
    assert counts == [16, 2, 2]
    assert recipe.sentences("test")["tags"][0] == ["B-PER", "O", "O", "B-LOC", "I-LOC"]
    assert recipe.tags == ["B-LOC", "B-PER", "I-LOC", "O"]
    assert recipe.intents == []
    metrics = recipe.evaluate(recipe.seeded_model())
    assert set(metrics) == {"f1"}


def test_a_file_of_universal_dependencies(tmp_path):
    rows = "1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tdo\tdo\tAUX\t_\t_\t_\t_\t_\t_\n"
    rows += "2\tn't\tnot\tPART\t_\t_\t_\t_\t_\t_\n2.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_\n\n"
    for name in ("train.conllu", "dev.conllu", "test.conllu"):
        write(tmp_path / name, "# text = don't\n" + rows)
    recipe = recipes.get("pos_tagging_ewt", path=str(tmp_path))
    assert recipe.sentences("train") == {
        "words": [["do", "n't"]],
        "tags": [["AUX", "PART"]],
        "intent": ["none"],
    }


def test_a_folder_of_parallel_files(tmp_path):
    for split in ("train", "valid", "test"):
        write(tmp_path / split / "seq.in", "play some jazz\n")
        write(tmp_path / split / "seq.out", "O O B-genre\n")
        write(tmp_path / split / "label", "play\n")
    recipe = recipes.get("slot_filling_atis", path=str(tmp_path))
    assert recipe.sentences("validation")["tags"] == [["O", "O", "B-genre"]]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.conll", "Anna B-PER\nlives\n", "a.conll:2: Expected a word and its tag"),
        (
            "a.conll",
            "Anna B-\n",
            "a.conll:1: Expected a tag such as 'B-city'. Received: 'B-'",
        ),
        ("a.conll", "\n\n", "a.conll: Expected sentences for train"),
        ("train/seq.in", "\na\n", "seq.in:1: Expected words. Received: none"),
        ("train/seq.in", "a b\na\n", "seq.out:1: Expected 2 tags.*Received: 1"),
        ("train/seq.in", "a\n", "seq.out: Expected 1 lines, as in seq.in. Received: 2"),
    ],
)
def test_files_that_are_refused(tmp_path, name, text, message):
    write(tmp_path / name, text)
    write(tmp_path / "train" / "seq.out", "O\nO\n")
    path = tmp_path / name if name.endswith("conll") else tmp_path
    recipe = recipes.get("slot_filling_world", path=str(path))
    with pytest.raises(ValueError, match=message):
        recipe.sentences("train")


def test_a_path_of_nothing():
    with pytest.raises(ValueError, match="a file or a folder. Received: nowhere"):
        recipes.get("slot_filling_world", path="nowhere").sentences("train")


def test_every_encoder_is_in_the_study():
    for fields in ENCODERS.values():
        recipe = recipes.get("slot_filling_atis", **fields)
        assert recipe.study.preset != recipe.name
    best = recipes.get("slot_filling_atis")
    assert best.study.preset == "slot_filling_atis"
    assert best.study.targets == {"f1": ("≥", 96.0), "intent_accuracy": ("≥", 97.5)}


def test_classes_of_tokens():
    assert len(TAGS) == 18
    assert TAGS[-1] == "_"


@pytest.mark.skipif(not (PREPARED / "tfds").exists(), reason="needs the treebank")
def test_the_words_of_the_treebank(monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(PREPARED / "tfds"))
    recipe = recipes.get("pos_tagging_ewt")
    found = recipe.sentences("test")
    assert sum(map(len, found["words"])) == 25_096
    assert "_" not in {tag for row in found["tags"] for tag in row}


@pytest.mark.skipif(not (PREPARED / "data" / "atis").exists(), reason="needs the files")
def test_the_split_of_atis(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(PREPARED / "data"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe = recipes.get("slot_filling_atis")
    counts = [len(recipe.sentences(s)["words"]) for s in ("train", "validation", "test")]
    assert counts == [4478, 500, 893]
    assert (len(recipe.vocabulary), recipe.singletons, len(recipe.tags)) == (867, 257, 120)


def test_without_the_files_of_atis(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(FileNotFoundError, match="folder atis.*slot_filling_world needs none"):
        recipes.get("slot_filling_atis").sentences("train")
