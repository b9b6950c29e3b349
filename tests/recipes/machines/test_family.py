"""Recipes of memory machines: every task with every machine, and what is reported."""

import json
import types

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes import boards
from keras_memory.recipes.datasets.dynamic_ngrams import optimal_bits
from keras_memory.recipes.machines import board as machines
from keras_memory.recipes.machines.family import MACHINES

pytestmark = pytest.mark.long

TINY = {
    "train_examples": 40,
    "test_episodes": 10,
    "epochs": 1,
    "steps_per_epoch": 2,
    "batch_size": 4,
    "controller_units": 8,
    "memory_slots": 15,
    "memory_width": 4,
    "num_heads": 1,
    "lstm_units": 4,
    "jit_compile": False,
}
TASKS = {
    "associative_recall": {"max_items": 3, "items": (3, 4)},
    "dyck_language": {"max_depth": 2, "depth": (3, 4)},
    "dynamic_ngrams": {"steps": 8, "length": (8, 12)},
    "graph_traversal": {"max_nodes": 4, "nodes": (4, 5)},
    "key_value_recall": {"max_pairs": 3, "pairs": (3, 4)},
    "priority_sort": {"vectors": 5, "tested": (5, 10)},
    "repeat_copy": {"max_length": 2, "max_repeats": 2},
    "reused_copy": {"max_length": 2, "max_blocks": 2, "blocks": (2, 3)},
}
METRICS = {
    "associative_recall": {
        f"{kind}_bits_items_{n}" for n in (3, 4) for kind in ("wrong", "cost")
    },
    "dyck_language": {"accuracy_depth_3", "accuracy_depth_4"},
    "dynamic_ngrams": {
        *("cost_bits", "excess_bits", "cost_bits_length_12", "excess_bits_length_12")
    },
    "graph_traversal": {
        f"{kind}_nodes_{n}" for n in (4, 5) for kind in ("wrong_bits", "solved")
    },
    "key_value_recall": {
        f"{kind}_bits_pairs_{n}" for n in (3, 4) for kind in ("wrong", "cost")
    },
    "priority_sort": {
        *("cost_bits", "wrong_bits", "cost_bits_vectors_10", "wrong_bits_vectors_10")
    },
    "repeat_copy": {
        f"{kind}_{test}"
        for test in ("length_4", "repeats_4", "length_8", "repeats_8")
        for kind in ("wrong_bits", "wrong_ends")
    }
    | {"wrong_bits", "wrong_ends"},
    "reused_copy": {
        f"{kind}_length_{n}" for n in (4, 6) for kind in ("wrong_bits", "solved")
    },
}


def tiny(name, **fields):
    return recipes.get(name, **{**TINY, **TASKS[name], **fields})


@pytest.mark.parametrize("name", TASKS)
def test_metrics_have_these_names(name):
    recipe = tiny(name)

    def always_one(model, examples):
        return np.ones(examples["targets"].shape, "float32")

    object.__setattr__(recipe, "logits", always_one)
    metrics = recipe.evaluate(None)
    assert set(metrics) == METRICS[name]
    assert all(np.isfinite(value) for value in metrics.values())


def test_a_run_is_a_row_of_the_study(tmp_path):
    recipe = tiny("key_value_recall", corrections="masked_lookup,sharpened_links")
    run = recipe.fit(tmp_path / "run", verbose=0)
    (row,) = recipe.study.rows([run])
    assert row["episodes until solved"] in ("never", 8)
    assert row["ms an update"] > 0
    assert "0 of 1" in recipe.study.text([{**row, "episodes until solved": "never"}])
    assert "memory_tape" in recipe.figures(run.model)


@pytest.mark.parametrize(
    ("name", "costs", "reached", "unit"),
    [
        ("dynamic_ngrams", (1.6, 1.4), 16, "bits of cost"),  # above the best
        ("priority_sort", (40.1, 39.9), 16, "bits of cost"),
        ("priority_sort", (40.1, 40.2), "never", "bits of cost"),
        ("repeat_copy", (0.0, 0.0), "never", "0.1 wrong bits"),
    ],
)
def test_each_task_is_solved_by_its_own_measure(name, costs, reached, unit):
    recipe = tiny(name)
    if name == "dynamic_ngrams":
        targets = recipe.examples("validation")["targets"][..., 0]
        costs = [optimal_bits(targets).mean() + cost for cost in costs]
    history = [
        {"epoch": i, "val_loss": cost, "val_wrong_bits_per_sequence": 5.0, "seconds": 1.0}
        for i, cost in enumerate(costs)
    ]
    run = types.SimpleNamespace(recipe=recipe, history=history, metrics={})
    (row,) = recipe.study.rows([run])
    assert row["episodes until solved"] == reached
    assert unit in recipe.study.text([row])


def test_beyond_the_test_there_are_more_slots():
    recipe = tiny("associative_recall", items=3)
    rows = recipe.study.beyond(recipe.model())
    assert [row["condition"] for row in rows] == [
        f"items 3, {slots} slots" for slots in (15, 30, 60)
    ]
    assert all(0 <= row["wrong bits"] <= 18 and row["episodes"] == 200 for row in rows)
    assert tiny("associative_recall", machine="lstm").study.beyond(None) == []


def test_a_model_answers_what_is_typed():
    answers = {
        "associative_recall": {"item", "wrong_bits"},
        "key_value_recall": {"value", "wrong_bits"},
        "repeat_copy": {"copies", "wrong_bits", "ends_after"},
        "reused_copy": {"copy", "vectors_of_a_block", "wrong_bits"},
    }
    for name, expected in answers.items():
        recipe = tiny(name)
        assert set(recipe.answer(recipe.model(), **recipe.questions)) == expected


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("repeat_copy", {"bits": "101"}, "vectors of 8 bits"),
        ("repeat_copy", {"repeats": "0"}, "repeats from 1 to 100. Received: '0'"),
        ("associative_recall", {"items": "101010,110011,000111"}, "two items or more"),
        ("associative_recall", {"queried": "3"}, "queried from 1 to 2"),
        ("key_value_recall", {"key": "111111"}, "a key of one of the pairs"),
        ("key_value_recall", {"pairs": "101010"}, "vectors of 6 bits"),
    ],
)
def test_what_is_typed_wrong_is_refused(name, changes, message):
    recipe = tiny(name)
    with pytest.raises(ValueError, match=message):
        recipe.answer(recipe.model(), **{**recipe.questions, **changes})


def test_a_board_is_made_of_model_cards(tmp_path):
    columns = ["seed", machines.EPISODES, "wrong_bits_items_6", "ms an update"]
    study = {
        "title": "NTM",
        "columns": columns,
        "rows": [[0, 4000, 0.05, 9.0], [1, "never", 3.0, 8.0], [2, 6000, 0.09, 7.5]],
    }
    folder = tmp_path / "associative_recall"
    folder.mkdir()
    metadata = {"recipe": "associative_recall", "studies": [study], "sha256": ""}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    (row,) = boards.board("machines", tmp_path)
    assert row == {
        "task": "associative_recall",
        "model": "NTM",
        "solved": "2 of 3",
        machines.EPISODES: 5000,
        "1×": 0.09,
        "2×": "",
        "4×": "",
        "ms an update": 7.5,
        "card": "associative_recall",
    }
    with pytest.raises(ValueError, match="did you mean 'machines'"):
        boards.board("machine")


def test_the_picture_of_a_board_has_a_curve_a_model():
    rows = [
        {
            "task": task,
            "model": model,
            "solved": "1 of 2",
            **dict.fromkeys(machines.SIZES, error),
        }
        for task, model, error in (("repeat_copy", "NTM", 0.1), ("repeat_copy", "DNC", 2.0))
    ]
    rows.append({**rows[0], "task": "rl_tapes", "4×": ""})
    first, second, third = boards.picture("machines", rows).axes
    assert [line.get_label() for line in first.lines] == ["NTM: 1 of 2", "DNC: 1 of 2"]
    np.testing.assert_allclose(first.lines[1].get_ydata(), 2.0)
    assert list(second.lines[0].get_xdata()) == ["1×", "2×"]
    assert "symbols" in second.get_ylabel() and not third.get_visible()


@pytest.mark.parametrize("machine", MACHINES)
def test_every_machine_does_every_task(machine):
    for name in TASKS:
        recipe = tiny(name, machine=machine)
        model = recipe.model()
        examples = recipe.examples("validation")
        inputs, targets, counts = recipe.to_batch({k: v[:2] for k, v in examples.items()})
        assert model.input_shape == (None, None, inputs.shape[-1])
        assert model.output_shape == (None, None, targets.shape[-1])
        assert counts.shape == targets.shape[:2]
    assert (recipe.figures(model) == {}) == (machine == "lstm")


def test_the_preset_is_of_the_recipe_s_own_machine():
    names = {m: tiny("reused_copy", machine=m).study.preset for m in MACHINES}
    assert names["dnc"] == names["lstm"] == "reused_copy"
    assert names["ntm"] == "reused_copy_ntm"
    assert tiny("repeat_copy", machine="dnc").study.preset == "repeat_copy_dnc"
    assert not tiny("repeat_copy", machine="lstm").study.is_candidate


def test_wrong_bits_are_of_steps_that_count():
    recipe = tiny("associative_recall")
    examples = {k: v[:5] for k, v in recipe.examples("validation").items()}
    sure = np.where(examples["targets"] > 0, 1.0, -1.0)
    assert not recipe.wrong(sure, examples).any()
    wrong = recipe.wrong(-sure, examples)
    assert wrong.sum() == 5 * 3 * 6
    assert not wrong[examples["counts"] == 0].any()


def test_ends_are_counted_apart():
    recipe = tiny("repeat_copy")
    examples = {k: v[:4] for k, v in recipe.examples("validation").items()}
    logits = np.where(examples["targets"] > 0, 1.0, -1.0)
    logits[..., -1] = 1.0  # an end at every step
    recipe_of_logits = recipe.replace()
    object.__setattr__(recipe_of_logits, "logits", lambda model, examples: logits)
    metrics = recipe_of_logits.errors(None, examples, "here")
    ends = (examples["counts"].sum(axis=1) - 1).mean()
    assert metrics == {"wrong_bits_here": 0, "wrong_ends_here": pytest.approx(ends)}


def test_the_best_predictor_has_no_excess():
    """Its logits, by its counts, cost what the optimum costs."""
    recipe = tiny("dynamic_ngrams", steps=40, length=40)
    examples = {k: v[:20] for k, v in recipe.examples("validation").items()}
    bits = examples["targets"][..., 0].astype(int)
    logits = np.zeros((*bits.shape, 1), "float32")
    for sequence, row in zip(bits, logits, strict=True):
        seen = {}
        for t in range(5, len(sequence)):
            counts = seen.setdefault(tuple(sequence[t - 5 : t]), [0.5, 0.5])
            row[t] = np.log(counts[1] / counts[0])
            counts[sequence[t]] += 1
    object.__setattr__(recipe, "logits", lambda model, examples: logits)
    assert recipe.errors(None, examples, "")["excess_bits"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        (
            "priority_sort",
            {"tested": 12},
            "Expected tested to be multiples of 5. Received: 12",
        ),
        ("priority_sort", {"vectors": 7}, "multiple of 5"),
        ("associative_recall", {"machine": "turing"}, "machine: Input should be 'ntm'"),
        ("associative_recall", {"min_items": 4, "max_items": 3}, "min_items up to max_items"),
        ("associative_recall", {"num_heads": 0}, "greater than 0"),
        ("reused_copy", {"corrections": "masked"}, "masked_lookup"),
        ("key_value_recall", {"bits": 2, "pairs": 5}, "Expected up to 4 pairs"),
        ("graph_traversal", {"nodes": 101}, "to 100"),
    ],
)
def test_bad_fields_are_refused_in_one_line(name, fields, message):
    with pytest.raises(ValueError, match=message) as refused:
        tiny(name, **fields)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "fields"),
    [("associative_recall", {"items": 30}), ("key_value_recall", {"max_pairs": 16})],
)
def test_more_than_the_memory_has_slots_is_warned_of(name, fields):
    with pytest.warns(UserWarning, match="slots"):
        tiny(name, **fields)
