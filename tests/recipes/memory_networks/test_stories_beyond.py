"""Facts about others, and other persons, leave answers as they are."""

import re

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.memory_networks.babi_exchanges import (
    NAMES,
    STRINGS,
    WOMEN,
    exchanged,
    persons_exchanged,
)
from keras_memory.recipes.memory_networks.babi_others import (
    MOVED,
    PLACES,
    retold,
    with_others,
)
from keras_memory.recipes.memory_networks.stories_beyond import CONDITIONS, MOST
from keras_memory.recipes.running.beyond import beyond

COPIES = 60
TEXTS = {
    "story": [
        b"Mary got the milk.\nMary went to the kitchen.",
        b"John went to the garden.\nAfterwards he went to the office.\n"
        b"Sandra and Bill went to the park.\nThen they went to the cinema.",
        b"Sumit is thirsty.",
        b"The office is north of the kitchen.",
    ],
    "question": [
        b"Where is the milk?",
        b"Where is John?",
        b"Where will sumit go?",
        b"What is north of the kitchen?",
    ],
    "answer": [b"kitchen", b"office", b"kitchen", b"office"],
    "task": [2, 11, 20, 4],
}
FACT = re.compile(
    b"(%s) (%s) the (%s)\\." % tuple(b"|".join(w) for w in (NAMES, MOVED, PLACES))
)


@pytest.fixture
def texts():
    """Sixty stories of each."""
    return {
        name: np.repeat(np.array(column, object if name in STRINGS else "int32"), COPIES)
        for name, column in TEXTS.items()
    }


def names_in(*strings):
    return {word for text in strings for word in re.findall(rb"[a-z]+", text.lower())} & {
        *NAMES
    }


def test_facts_about_others_come_after_the_story(texts):
    longer = with_others(texts, 0, 8)
    for name in ("question", "answer", "task"):
        assert longer[name] is texts[name]
    others = set()
    for before, after, question in zip(
        texts["story"], longer["story"], texts["question"], strict=True
    ):
        assert after.startswith(before + b"\n")
        facts = after[len(before) + 1 :].lower().split(b"\n")
        assert len(facts) == 8
        assert all(FACT.fullmatch(fact) for fact in facts)
        assert not names_in(*facts) & names_in(before, question)
        others |= names_in(*facts)
    assert others == {*NAMES}


def test_varied_facts_are_few_or_many_and_leave_pronouns_where_they_are(texts):
    longer = with_others(texts, 0, 5, is_varied=True)
    counts, is_after = set(), set()
    for before, after in zip(texts["story"], longer["story"], strict=True):
        rest = after.split(b"\n")
        added = [line for line in rest if line not in before.split(b"\n")]
        counts.add(len(added))
        assert [line for line in rest if line not in added] == before.split(b"\n")
        is_after.add(after.startswith(before))
        for i, line in enumerate(rest):
            if line.startswith((b"Afterwards", b"Then")):
                assert rest[i - 1] not in added
    assert counts == set(range(6))
    assert is_after == {True, False}


@pytest.mark.parametrize("are_new", [False, True])
def test_persons_alone_are_exchanged(texts, are_new):
    changed = persons_exchanged(texts, 0, are_new)
    found = {task: set() for task in TEXTS["task"]}
    for i, task in enumerate(texts["task"]):
        for name in STRINGS:
            old, new = (column[name][i].lower().split() for column in (texts, changed))
            same = [a for a, b in zip(old, new, strict=True) if a == b or not names_in(a)]
            assert are_new is False or not names_in(*same)
            assert not names_in(*(set(new) - set(old))) - {*NAMES}
            found[task] |= names_in(*new)
    own = {2: {b"mary"}, 11: {b"john", b"sandra", b"bill"}, 20: {b"sumit"}, 4: set()}
    for task, names in found.items():
        if are_new and own[task]:
            assert len(names) > 5
            assert not names & own[task]
        else:
            assert names == own[task]
    for story in changed["story"][COPIES : 2 * COPIES]:
        who = story.split()[0]
        assert who not in WOMEN  # who "afterwards went"
        assert len(names_in(story)) == 3  # nobody has the name of another


def test_copies_are_of_persons_of_all_tasks(texts):
    within, across = (exchanged(texts, 0, across_tasks=x) for x in (False, True))
    for i in range(COPIES):
        assert names_in(within["story"][i]) == {b"mary"}
    assert names_in(*across["story"][:COPIES]) >= {b"sumit", b"lily", b"gertrude"}
    motives = across["story"][2 * COPIES : 3 * COPIES]
    assert all(story.endswith(b" is thirsty.") for story in motives)
    assert len(names_in(*motives)) > 10


@pytest.mark.parametrize("seed", [0, 1])
def test_retold_stories_are_a_matter_of_the_seed(texts, seed):
    one, same, other = (retold(texts, s, 3)["story"].tolist() for s in (seed, seed, 5))
    assert one == same != other


class Model:
    """In the place of a network: answers rightly unless eight facts or more come last."""

    text = None


def test_the_highest_rise_of_a_task_has_a_target(monkeypatch, texts):
    recipe = recipes.get("memn2n_babi_world")
    monkeypatch.setattr(type(recipe), "texts", lambda self, split: texts)

    def errors(self, model, changed):
        is_longer = changed["story"][0].count(b"\n") > 5
        return {2: 1.0 + (MOST + 0.5) * is_longer, 11: 0.0}

    monkeypatch.setattr(type(recipe), "errors", errors)
    rows = beyond(recipe, Model())
    assert [row["condition"] for row in rows] == ["as the test split", *CONDITIONS]
    first, after, sixteen, within, new, both = rows
    assert first["mean error"] == 0.5
    assert first["reached"] == ""
    assert (after["highest rise of a task"], after["task"]) == (2.5, 2)
    assert [row["reached"] for row in (after, sixteen, within, new, both)] == [
        *("no", "", "yes", "yes", "no")
    ]


def test_copies_for_training_are_balanced():
    recipe = recipes.get("memn2n_babi", exchanges=1)
    tasks = np.repeat([1, 2, 3], [40, 40, 10])
    copied = recipe._copied(tasks)
    counts = [np.bincount(tasks[is_copied], minlength=4)[1:].tolist() for is_copied in copied]
    assert counts == [[40, 40, 10], *[[0, 0, 10]] * 6]
    assert recipes.get("memn2n_babi")._copied(tasks) == []


def test_a_simulated_world_has_copies_about_others(monkeypatch):
    recipe = recipes.get("memn2n_babi_world", task=1, train_examples=30, others=4)
    train, test = recipe.texts("train"), recipe.texts("test")
    assert len(train["story"]) == 60
    assert names_in(*train["story"][:30]) <= {b"mary", b"john", b"sandra", b"daniel"}
    assert len(names_in(*train["story"][30:])) > 10
    assert names_in(*test["story"]) <= {b"mary", b"john", b"sandra", b"daniel"}
    assert recipe.study.preset == "memn2n_babi_world_others"
