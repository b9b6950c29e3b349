import keras
import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.machines.neural_transduction import coarse_and_fine

TINY = {
    "max_length": 4,
    "min_length": 2,
    "symbols": 4,
    "train_examples": 200,
    "epochs": 2,
    "steps_per_epoch": 10,
    "batch_size": 8,
    "controller_units": 6,
    "embedding_units": 4,
    "memory_width": 3,
    "test_sequences": 20,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def small():
    return recipes.get("neural_transduction", **TINY)


def test_a_batch_has_the_target_with_its_end(small):
    examples = {
        "source": np.array([[3, 1, 2], [4, 1, 0]]),
        "target": np.array([[2, 1, 3], [1, 4, 0]]),
    }
    inputs, target = small.to_batch(examples)
    np.testing.assert_array_equal(target, [[2, 1, 3, 0], [1, 4, 0, -1]])
    np.testing.assert_array_equal(inputs["target"], target)
    np.testing.assert_array_equal(inputs["source"], examples["source"])


def test_coarse_and_fine():
    """Of four symbols, the third wrong; ended too soon; too late; and of two, both right."""
    target = np.array([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 0, 0]])
    written = np.array([[1, 2, 4, 4, 0], [1, 2, 0, 0, 0], [1, 2, 3, 4, 1], [1, 2, 0, 0, 0]])
    coarse, fine = coarse_and_fine(written, target)
    assert coarse == 1 / 4
    assert fine == pytest.approx((2 / 5 + 2 / 5 + 4 / 5 + 1) / 4)


def test_tests_are_of_longer_sources():
    recipe = recipes.get("neural_transduction")
    assert recipe.tests == {"": (65, 128), "_4_times": (129, 256), "_8_times": (257, 512)}


def test_metrics_are_of_what_is_written(small):
    class Perfect:
        """Copies; the last symbol of the first source of a test is wrong."""

        def solve(self, source, steps):
            found = np.pad(source, ((0, 0), (0, steps - source.shape[1])))
            found[0, (source[0] > 0).sum() - 1] = 99
            return found

    metrics = small.replace(times=(2, 4)).evaluate(Perfect())
    assert metrics["coarse_copy"] == pytest.approx(19 / 20)
    assert metrics["coarse_copy_4_times"] == pytest.approx(4 / 5)
    assert 0.95 < metrics["fine_copy"] < 1


@pytest.mark.parametrize("structure", ["deque", "lstm"])
def test_a_run(structure, small, tmp_path):
    recipe = small.replace(structure=structure, times=2, epochs=1)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert set(run.metrics) == {"coarse_copy", "fine_copy"}
    answer = recipe.answer(run.model, symbols="1 2,3")
    assert set(answer) == {"written", "right"}
    figures = recipe.figures(run.model)
    assert set(figures) == (set() if structure == "lstm" else {"strengths"})
    rows = recipe.study.rows([run])
    assert set(rows[0]) == {"seed", "coarse", "fine", "ms an update"}
    assert "of 1 runs have every sequence of up to 8 symbols" in recipe.study.text(rows)


def test_the_study(small, monkeypatch):
    from keras_memory.recipes.machines import neural_transduction_study as study

    monkeypatch.setattr(study, "SEQUENCES", 3)
    rows = small.study.beyond(small.model())
    conditions = ["one symbol repeated, 4", "two symbols, 4", "uniform, 2"]
    assert [row["condition"] for row in rows] == [f"{name} symbols" for name in conditions]
    presets = {
        (run["task"], run["structure"]): recipes.get("neural_transduction", **run)
        for runs in study.STUDY.parts.values()
        for run in runs
    }
    assert {r.study.preset for r in presets.values()} == {
        f"neural_transduction_{name}" for name in ("queue", "stack", "deque")
    }
    for (task, structure), recipe in presets.items():
        assert set(recipe.study.published) == {f"coarse_{task}", f"fine_{task}"}
        assert bool(recipe.study.targets) == (structure != "lstm")


def test_bad_fields_and_symbols(small):
    with pytest.raises(ValueError, match="min_length of at most max_length=5. Received: 8"):
        recipes.get("neural_transduction", max_length=5)
    for name in ("task", "structure"):
        with pytest.raises(ValueError, match=name):
            recipes.get("neural_transduction", **{name: "heap"})
    for text in ("", "5", "1 x", "0"):
        with pytest.raises(ValueError, match="symbols, numbers from 1 to 4"):
            small.answer(None, symbols=text)


def test_defaults_are_the_paper_s_sizes():
    recipe = recipes.get("neural_transduction")
    assert (recipe.min_length, recipe.max_length, recipe.symbols) == (8, 64, 128)
    assert (recipe.batch_size, recipe.clipping, recipe.embedding_units) == (10, 1, 64)
    optimizer = recipe.model().optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert optimizer.global_clipnorm == 1
