from pathlib import Path

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.penn_treebank.penn_treebank_dataset_builder import Builder
from keras_memory.recipes.memory_networks.memn2n_ptb import SlowDown

SMALL = {
    "dim": 16,
    "hops": 2,
    "memory_size": 6,
    "epochs": 6,
    "steps_per_epoch": 150,
    "batch_size": 32,
    "jit_compile": False,
}


@pytest.fixture
def files(monkeypatch, tmp_path):
    """A language of one sentence, and now and then another."""
    folder = tmp_path / "manual" / "ptb"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    sentences = ["the cat sees <unk> dogs", "a dog sees the old cat now"]
    for name, size in (("train", 400), ("valid", 60), ("test", 60)):
        lines = [sentences[i] for i in rng.integers(0, 2, size)]
        (folder / f"ptb.{name}.txt").write_text("\n".join(f" {line} " for line in lines))
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path / "manual"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    return folder


def test_the_text_is_one_stream(files):
    recipe = recipes.get("memn2n_ptb", **SMALL)
    words = [word for split in recipe._splits.values() for word in split]
    numbers = {word: i for i, word in enumerate(recipe.vocabulary, start=1)}
    assert words.count("<eos>") == 520
    for split, offset in (("train", 0), ("test", len(words) - len(recipe._splits["test"]))):
        examples = {k: v[[0, 9]] for k, v in recipe.examples(split).items()}
        before, after = (np.asarray(x) for x in recipe.to_batch(examples))
        for row, place in enumerate((offset, offset + 9)):
            assert recipe.vocabulary[after[row]] == words[place]
            past = [numbers[word] for word in words[max(0, place - 6) : place]]
            assert before[row].tolist() == [0] * (6 - len(past)) + past


def test_it_learns_what_comes_next(files, tmp_path):
    """Of ten words: a guess by their frequencies has a perplexity of about 9."""
    recipe = recipes.get("memn2n_ptb", **SMALL)
    metrics = recipe.fit(tmp_path / "run", verbose=0).metrics
    assert metrics["perplexity"] < 2
    assert metrics["validation_perplexity"] < 2


def test_missing_files_are_named(files, tmp_path):
    (files / "ptb.valid.txt").unlink()
    with pytest.raises(FileNotFoundError, match="without ptb.valid.txt"):
        load(Builder, None, "train")


def test_the_rate_falls_when_progress_stops(files):
    recipe = recipes.get("memn2n_ptb", **SMALL)
    model = recipe.model()
    history = []
    slow_down = SlowDown(history, lowest=0.1)
    slow_down.set_model(model)
    rates = []
    for val_loss in (5.0, 4.0, 4.0, 3.0, 3.1, 3.0):
        slow_down.on_epoch_begin(len(history))
        rates.append(float(model.optimizer.learning_rate))
        history.append({"val_loss": val_loss})
        slow_down.on_epoch_end(len(history))
    first = 0.01 * 32
    expected = [first, first, first, first / 1.5, first / 1.5, first / 2.25]
    np.testing.assert_allclose(rates, expected, rtol=1e-6)
    assert not getattr(model, "stop_training", False)
    history.append({"val_loss": 3.0})
    slow_down.on_epoch_end(len(history))
    assert model.stop_training


def test_published_figures():
    published = recipes.get("memn2n_ptb").published
    assert published["perplexity"][0] == 115
    assert recipes.get("memn2n_ptb", hops=3).published["perplexity"][0] == 122
    assert recipes.get("memn2n_ptb", dim=50).published == {}


def test_the_real_text(monkeypatch, tmp_path):
    prepared = Path(__file__).parents[4] / "shared" / "data"
    if not prepared.exists():
        pytest.skip(f"needs the Penn Treebank in {prepared}")
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(prepared))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe = recipes.get("memn2n_ptb")
    sizes = {split: len(words) for split, words in recipe._splits.items()}
    assert sizes == {"train": 929_589, "validation": 73_760, "test": 82_430}
    assert len(recipe.vocabulary) == 10_000


def test_a_word_that_training_lacks(files):
    for name, text in (("train", "a dog"), ("test", "a cat")):
        (files / f"ptb.{name}.txt").write_text(f"{text}\n")
    with pytest.raises(ValueError, match="Expected <unk> in ptb.train.txt.* Received: '"):
        recipes.get("memn2n_ptb", **SMALL).to_batch({"index": np.array([0])})
