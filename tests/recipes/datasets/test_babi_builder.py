from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load, sources
from keras_memory.recipes.datasets.babi import babi_dataset_builder as babi

FOLDER = Path(babi.__file__).parent
DUMMY = FOLDER / "dummy_data"
# The published files, where they are; a fresh machine does not have them.
PREPARED = Path(__file__).parents[4] / "shared" / "data"

STORY = """1 Anna went to the cellar.
2 Paul moved to the attic.
3 Where is Anna? \tcellar\t1
4 Anna got the key.
5 Where is the key?\tcellar\t4 1
1 Paul left.
2 Is Paul here?\tno\t1
"""


class BabiTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = babi.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["1k_task_01"]
    SPLITS = {"train": 3, "test": 1}
    EXAMPLE_DIR = str(DUMMY)
    SKIP_CHECKSUMS = True


def test_stories_grow_and_facts_are_numbers_of_sentences():
    assert list(babi.questions(STORY.splitlines(), "file")) == [
        (
            "Anna went to the cellar.\nPaul moved to the attic.",
            "Where is Anna?",
            "cellar",
            [1],
        ),
        (
            "Anna went to the cellar.\nPaul moved to the attic.\nAnna got the key.",
            "Where is the key?",
            "cellar",
            [3, 1],
        ),
        ("Paul left.", "Is Paul here?", "no", [1]),
    ]


@pytest.mark.parametrize(
    ("row", "line", "expected"),
    [
        (1, "Anna went to the cellar.", "a number, a space and text"),
        (1, "2 Anna went to the cellar.", "line number 1."),
        (2, "3 Paul moved to the attic.", "line number 1 or 2"),
        (2, "", "a number, a space and text"),
        (2, "2 Paul moved to the attic", "full stop"),
        (3, "3 Where is Anna? \tcellar", "question, answer and facts"),
        (3, "3 Where is Anna? |cellar|1", "full stop"),
        (3, "3 Where is Anna\tcellar\t1", "question mark"),
        (3, "3 Where is Anna?\t\t1", "an answer"),
        (3, "3 Where is Anna?\tcellar\tone", "numbers of facts"),
        (5, "5 Where is the key?\tcellar\t3", "facts that are sentences"),
        (3, "3 Where is Anna?\tcellar\t9", "facts that are sentences"),
    ],
)
def test_a_malformed_line_is_named(row, line, expected):
    lines = STORY.splitlines()
    lines[row - 1] = line
    with pytest.raises(ValueError, match="Expected") as error:
        list(babi.questions(lines, "en/qa1.txt"))
    message = str(error.value)
    assert message.startswith(f"en/qa1.txt:{row}: Expected ")
    assert expected in message
    assert message.endswith(f"Received: {line!r}")


def test_a_folder_of_the_user_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(DUMMY))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    train = load(babi.Builder, babi.babi_config("1k", 1), "train")
    assert train["answer"].tolist() == [b"cellar", b"attic", b"cellar"]
    assert train["supporting_facts"].tolist() == [[1], [3], [1]]
    assert train["task"].tolist() == [1, 1, 1]


def test_a_missing_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(DUMMY))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="qa2_two-supporting-facts_train.txt"):
        load(babi.Builder, babi.babi_config("1k", 2), "train")


def test_the_large_set_begins_with_the_small(monkeypatch, tmp_path, caplog):
    """Where its third training file is missing, it is that of the small, and a warning."""
    folder = tmp_path / babi.FOLDER
    for size, split in (("en", "train"), ("en", "test"), ("en-10k", "test")):
        path = folder / size / f"qa3_three-supporting-facts_{split}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STORY)
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    train = load(babi.Builder, babi.babi_config("10k", 3), "train")
    assert len(train["answer"]) == 3
    assert "en-10k/qa3_three-supporting-facts_train.txt is missing" in caplog.text
    with pytest.raises(FileNotFoundError, match="en-10k/qa1_single-supporting-fact_train"):
        load(babi.Builder, babi.babi_config("10k", 1), "train")


def test_a_file_without_questions(monkeypatch, tmp_path):
    folder = tmp_path / babi.FOLDER / "en"
    folder.mkdir(parents=True)
    for split in ("train", "test"):
        (folder / f"qa1_single-supporting-fact_{split}.txt").write_text("1 Anna left.\n")
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(ValueError, match="Expected questions. Received: none"):
        load(babi.Builder, babi.babi_config("1k", 1), "train")


def test_without_files_and_network_it_says_what_to_do(monkeypatch, tmp_path):
    def unreachable(*arguments):
        raise OSError("Name or service not known")

    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("KERAS_MEMORY_MANUAL_DIR", raising=False)
    monkeypatch.setattr(sources.urllib.request, "getproxies", dict)
    monkeypatch.setattr(sources.socket, "getaddrinfo", unreachable)
    with pytest.raises(OSError, match="tasks_1-20_v1-2 in --manual-dir.*memn2n_babi_world"):
        load(babi.Builder, babi.babi_config("1k", 1), "train")


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs the bAbI tasks in {PREPARED}")
def test_the_published_files(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(PREPARED))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    for split in ("train", "test"):
        examples = load(babi.Builder, babi.babi_config("1k", 0), split)
        tasks, counts = np.unique(examples["task"], return_counts=True)
        assert tasks.tolist() == list(babi.TASKS)
        assert set(counts) == {1000}
        assert b"\n".join(examples["story"]).count(b"\t") == 0
    first = {name: array[0] for name, array in examples.items()}
    assert first["question"] == b"Where is John?"
    assert first["answer"] == b"hallway"
