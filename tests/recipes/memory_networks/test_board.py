"""The board of bAbI: model cards beside papers."""

import json

import pytest

from keras_memory.recipes import boards
from keras_memory.recipes.memory_networks.board import ORDER, TASKS

CONDITION = "eight facts about others after the story"


@pytest.fixture
def folder(tmp_path):
    """A preset with a study of twenty tasks, one of seeds, and one of a single task."""
    by_task = [[f"{task} some-task", 0.5 * int(task), 9.0] for task in TASKS]
    names = [f"error_percent_task_{int(task):02}" for task in TASKS]
    seeds = [[seed, *[float(seed)] * 20] for seed in range(3)]
    title = "a network for each task"
    studies = [
        {
            "title": f"1k, {title}: PE LS RN",
            "columns": ["task", "one run", "published"],
            "rows": [*by_task, ["mean error, percent", 5.25, 9.0]],
        },
        {
            "title": "10k, one network for all tasks: PE LS RN joint",
            "columns": ["seed", *names],
            "rows": seeds,
        },
        {"title": f"1k, {title}: PE LS RN", "columns": ["task", "one run"], "rows": []},
        {
            "title": f"1k, {title}: BoW",
            "columns": ["task", "one run"],
            "rows": [r[:2] for r in by_task],
        },
    ]
    metadata = {
        "recipe": "memn2n_babi",
        "studies": studies,
        "metrics": {"error_percent_mean": 1.0},
        "beyond": [{"condition": CONDITION, "mean error": 7.5}],
        "sha256": "",
    }
    (tmp_path / "some_preset").mkdir()
    (tmp_path / "some_preset" / "metadata.json").write_text(json.dumps(metadata))
    return tmp_path


def test_model_cards_beside_papers(folder):
    rows = boards.board("babi", folder)
    single, joint = [row for row in rows if row["card"]]  # no ablation, no part of one
    assert (single["trained"], single["of"]) == ("1k single", "one run")
    assert (single["7"], single["mean"], single["failed"]) == (3.5, 5.25, 10)
    assert single["facts about others"] == ""
    assert (joint["trained"], joint["of"]) == ("10k joint", "median of 3")
    assert joint["mean"] == joint["13"] == 1
    assert joint["facts about others"] == 7.5  # this part is the preset's own
    assert joint["card"] == "some_preset"
    papers = [row for row in rows if not row["card"]]
    universal = [row for row in papers if row["model"] == "Universal transformer"]
    assert [row["mean"] for row in universal] == [4.55, 7.78, 0.21, 0.29]
    assert universal[0]["1"] == ""
    order = [(ORDER.index(row["trained"]), row["mean"]) for row in rows]
    assert order == sorted(order)
    with pytest.raises(ValueError, match="machines, babi.*did you mean 'babi'"):
        boards.board("baby")


def test_a_heat_map(folder):
    rows = boards.board("babi", folder)
    (axis,) = boards.picture("babi", rows).axes
    assert [label.get_text() for label in axis.get_xticklabels()] == [*TASKS, "mean"]
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels.count("1k single  MemN2N, PE LS RN (this library)") == 1
    known = sum(row[task] != "" for row in rows for task in (*TASKS, "mean"))
    assert len(axis.texts) == known
    bold = [text for text in axis.texts if text.get_weight() == "bold"]
    assert all(float(text.get_text()) >= 5 for text in bold)
    boundaries = {row["trained"] for row in rows}
    assert len(axis.lines) == len(boundaries)  # one fewer, and that of the mean
