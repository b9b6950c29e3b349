import keras
import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.machines.curriculum import level, sampled_length
from keras_memory.recipes.machines.tape_tasks import TASKS, tape_of

pytestmark = pytest.mark.long

TINY = {
    "max_length": 3,
    "symbols": 4,
    "width": 5,
    "train_examples": 200,
    "epochs": 2,
    "steps_per_epoch": 10,
    "batch_size": 8,
    "controller_units": 6,
    "length": (2, 3),
    "test_sequences": 20,
    "jit_compile": False,
}
A, B, C = 7, 8, 9


@pytest.fixture(scope="module")
def small():
    return recipes.get("rl_tapes", **TINY)


@pytest.mark.parametrize(
    ("task", "written", "predicted"),
    [
        ("copy", [A, B, C], [A, B, C]),
        ("duplicated_input", [A, A, A, B, B, B, C, C, C], [A, B, C]),
        ("reverse", [A, B, C], [C, B, A]),
        ("forward_reverse", [A, B, C], [C, B, A]),
        ("repeat_copy", [2, A, B, C], [A, B, C, A, B, C]),
    ],
)
def test_tapes_and_targets(task, written, predicted):
    """Of three symbols, padded to five: what is after them is not read."""
    recipe = recipes.get("rl_tapes", task=task)
    examples = {"symbols": [[A, B, C, 5, 5]], "length": [3], "repeats": [2]}
    inputs, targets = recipe.to_batch({k: np.array(v, "int32") for k, v in examples.items()})
    tape = np.asarray(inputs["symbols"])[0]
    np.testing.assert_array_equal(tape[: len(written) + 2], [0, *written, 0])
    assert not tape[len(written) + 1 :].any()
    assert len(tape) == TASKS[task].steps(5)
    assert np.asarray(inputs["length"]) == [len(predicted)]
    alone, found = tape_of(TASKS[task], np.array([A, B, C]), 2)
    np.testing.assert_array_equal(found, predicted)
    np.testing.assert_array_equal(alone["symbols"][0][: len(written) + 2], [0, *written, 0])
    assert alone["symbols"].shape == (1, TASKS[task].steps(3))
    for name in ("answer", "policy"):
        target = np.asarray(targets[name])[0]
        np.testing.assert_array_equal(target[: len(predicted)], predicted)
        assert not target[len(predicted) :].any()


def test_heads_move_as_the_task_says():
    moves = {
        task: recipes.get("rl_tapes", task=task, width=31).model().arguments
        for task in ("reverse", "forward_reverse")
    }
    assert moves["reverse"]["input_moves"] == [-1, 0, 1]
    assert moves["reverse"]["memory_moves"] == []
    assert moves["forward_reverse"]["input_moves"] == [0, 1]
    assert moves["forward_reverse"]["memory_moves"] == [-1, 0, 1]


def test_the_level_rises_with_what_was_solved():
    history = [{"answer_wrong_symbols": wrong} for wrong in (0.9, 0.19, 0.21, 0.0, 0.1)]
    assert [level(history[:n], 2) for n in range(6)] == [0, 0, 1, 1, 2, 2]


def test_lengths_are_distributed_as_the_paper_s():
    """d = C + e for 65 %, with P(e = k) = 2^-k."""
    rng = np.random.default_rng(0)
    chances = rng.random((3000, 3), dtype="float32")
    lengths = np.array([int(sampled_length(4, 12, row)) for row in chances])
    fraction = np.bincount(lengths, minlength=13) / len(lengths)
    assert fraction[0] == 0 and len(fraction) == 13
    up_to = sum(2.0**-k / (4 + k) for k in range(1, 30))  # of each of 1 to 5
    assert fraction[1:5] == pytest.approx(np.full(4, 0.1 / 12 + 0.25 * up_to), abs=0.02)
    expected = 0.65 / 2 + 0.25 * up_to + 0.1 / 12
    assert fraction[5] == pytest.approx(expected, abs=0.03)
    assert fraction[12] > 0.1 / 12 / 2


def test_batches_are_of_one_length_of_the_level(small):
    (callback,) = small.callbacks(history := [])
    longest = []
    for wrong in (1.0, 0.1, 0.1):
        callback.on_epoch_begin(len(history))
        found = [np.asarray(inputs["length"]) for inputs, _ in small.dataset("train")]
        assert all(len(set(lengths)) == 1 for lengths in found)
        longest.append(np.mean([lengths[0] for lengths in found]))
        history.append({"answer_wrong_symbols": wrong})
    assert longest[0] == longest[1] < longest[2]
    everything = small.replace(curriculum=False)
    (callback,) = everything.callbacks([])
    callback.on_epoch_begin(0)
    lengths = {int(inputs["length"][0]) for inputs, _ in everything.dataset("train")}
    assert 3 in lengths


def test_a_run_resumes_as_if_it_had_not_stopped(small, tmp_path):
    whole = small.fit(tmp_path / "whole", verbose=0)
    small.replace(epochs=1).fit(tmp_path / "half", verbose=0)
    half = small.fit(tmp_path / "half", resume=True, verbose=0)
    for a, b in zip(whole.model.get_weights(), half.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    names = ("solved_length_2", "wrong_symbols_length_2", "solved_length_3")
    assert set(names) <= set(whole.metrics)
    answer = small.answer(whole.model, symbols="1 2,3")
    assert len(answer["predicted"].split()) == 3
    assert 0 <= answer["wrong_symbols"] <= 3 <= answer["steps"]
    assert set(small.figures(whole.model)) == {"tapes"}
    row = small.study.rows([whole])[0]
    assert row["episodes until solved"] == "never"
    assert "0 of 1 runs" in small.study.text([row])


def test_metrics_count_sequences_wholly_right(small):
    class Perfect:
        """Reads the tape itself; the last symbol of the first sequence is wrong."""

        def solve(self, symbols, lengths):
            found = np.array(symbols)[:, 1 : 1 + lengths.max()]
            found[0, -1] = 0
            return found

    metrics = small.evaluate(Perfect())
    assert metrics["solved_length_3"] == pytest.approx(19 / 20)
    assert metrics["wrong_symbols_length_3"] == pytest.approx(1 / 60)


def test_beyond_has_a_row_for_each_condition(small, monkeypatch):
    from keras_memory.recipes.machines import rl_tapes_study as study

    monkeypatch.setattr(study, "SEQUENCES", 4)
    monkeypatch.setattr(study, "LENGTHS", (4,))
    rows = small.study.beyond(small.model())
    assert [row["condition"] for row in rows] == [
        f"{name}, 4 symbols" for name in study.CONDITIONS
    ]


def test_bad_fields_and_symbols(small):
    with pytest.raises(ValueError, match="a width above symbols=30. Received: 30"):
        recipes.get("rl_tapes", width=30)
    with pytest.raises(ValueError, match="task"):
        recipes.get("rl_tapes", task="sort")
    for text in ("", "5", "1 x", "0"):
        with pytest.raises(ValueError, match="symbols, numbers from 1 to 4"):
            small.answer(None, symbols=text)


def test_defaults_are_the_paper_s():
    recipe = recipes.get("rl_tapes")
    optimizer = recipe.model().optimizer
    assert isinstance(optimizer, keras.optimizers.SGD)
    assert (float(optimizer.learning_rate), optimizer.momentum) == (pytest.approx(0.05), 0.9)
    assert (optimizer.global_clipnorm, recipe.batch_size, recipe.symbols) == (5, 200, 30)
