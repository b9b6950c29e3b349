"""Ten folds, five times, of bags such as those of tiger, fox and elephant."""

import numpy as np
import pytest

from keras_memory import recipes, zoo
from keras_memory.recipes.associative import hopfield_mil


@pytest.fixture
def images(monkeypatch):
    """Sixty bags; in positive ones, one segment has what others have not."""
    random = np.random.default_rng(0)
    items = random.normal(0, 0.3, size=(60, 5, 230)).astype("float32")
    length, label = random.integers(2, 6, 60), np.arange(60) % 2
    items[label == 1, 1, :8] += 2
    items[0, 0, 9] = 60  # as in the data
    examples = {"items": items, "length": length, "label": label}
    monkeypatch.setattr(hopfield_mil, "load", lambda builder, config, split: examples)
    return examples


def test_every_image_is_in_one_test_and_one_validation(images):
    for repeat in (0, 40):
        tested = {"test": [], "validation": []}
        for fold in range(10):
            recipe = recipes.get("hopfield_mil", seed=repeat + fold)
            parts = {
                split: recipe.examples(split) for split in ("train", "validation", "test")
            }
            assert [len(part["label"]) for part in parts.values()] == [48, 6, 6]
            assert [part["label"].sum() for part in parts.values()] == [24, 3, 3]
            for split, seen in tested.items():
                seen.extend(parts[split]["items"][:, 0, 0])
        for seen in tested.values():
            assert sorted(seen) == sorted(images["items"][:, 0, 0])


def test_times_through_the_folds_differ(images):
    first, second = (
        recipes.get("hopfield_mil", seed=seed).examples("test") for seed in (3, 13)
    )
    assert not np.array_equal(first["items"], second["items"])


def test_it_finds_the_segment(images, tmp_path):
    recipe = recipes.get("hopfield_mil", epochs=2, learning_rate=5e-3, jit_compile=False)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert run.metrics["auc_percent_one_fold"] == 100
    weights = run.model.trace(recipe.to_batch(recipe.examples("test"))[0])["weights"]
    positive = recipe.examples("test")["label"] == 1
    assert np.all(weights[positive].mean(axis=(1, 2)).argmax(axis=-1) == 1)
    again = zoo.load(run.folder / "model.keras")
    assert recipe.evaluate(again) == run.metrics


def test_rows_of_a_study(images):
    class Run:
        def __init__(self, auc):
            self.metrics = {"auc_percent_one_fold": auc}

    aucs = np.arange(50.0)
    rows = recipes.get("hopfield_mil").study.rows([Run(auc) for auc in aucs])
    assert [row["time"] for row in rows] == [1, 2, 3, 4, 5, "all"]
    assert rows[1]["AUC in %, mean"] == np.mean(aucs[10:20])
    assert rows[-1]["AUC in %, mean"] == np.mean(aucs)
    assert rows[-1]["deviation"] == pytest.approx(np.std([4.5, 14.5, 24.5, 34.5, 44.5]))
