import numpy as np

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.knowledge_base import Builder, knowledge_base_config
from keras_memory.recipes.datasets.knowledge_base.films import (
    BACK,
    FILMS,
    FORTH,
    PEOPLE,
    RELATIONS,
    sample_facts,
    sample_question,
    sentence,
    titled,
)


def test_facts_of_each_film():
    facts = sample_facts(np.random.default_rng(0), films=5)
    films = {subject for subject, _, _ in facts}
    assert len(films) == 5 and films < set(FILMS) and len(set(facts)) == len(facts)
    for film in films:
        for relation, (objects, most) in RELATIONS.items():
            things = [o for s, r, o in facts if (s, r) == (film, relation)]
            assert 1 <= len(things) <= most and set(things) <= set(objects)


def test_answers_are_all_that_facts_say():
    random = np.random.default_rng(1)
    several = 0
    for _ in range(300):
        facts = sample_facts(random, films=4)
        question, relation, is_inverse, answers = sample_question(random, facts)
        forms = (BACK if is_inverse else FORTH)[relation]
        about = [
            name
            for name in {fact[2 if is_inverse else 0] for fact in facts}
            if question in [form.format(titled(name)) for form in forms]
        ]
        assert len(about) == 1
        end, other = (0, 2) if is_inverse else (2, 0)
        right = [f[end] for f in facts if f[1] == relation and f[other] == about[0]]
        assert answers == right
        several += len(answers) > 1
    assert 50 < several < 250


def test_a_fact_is_a_sentence_of_three_words():
    assert sentence(("silent_river", "directed_by", "ada_holm")) == (
        "Silent_River directed_by Ada_Holm."
    )
    assert len({*FILMS, *PEOPLE}) == len(FILMS) + len(PEOPLE)


def test_splits(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    config = knowledge_base_config(1, 3, train_examples=40)
    splits = {split: load(Builder, config, split) for split in ("train", "test")}
    assert {name: len(rows["facts"]) for name, rows in splits.items()} == {
        "train": 40,
        "test": 1000,
    }
    for rows in splits.values():
        for facts, answer, answers in zip(
            rows["facts"], rows["answer"], rows["answers"], strict=True
        ):
            assert answer in answers.split(b"\n")
            assert titled(answer.decode()).encode() in facts
    assert not set(splits["train"]["facts"]) & set(splits["test"]["facts"])
    # What is held out is the same beside any number of examples for training.
    again = load(Builder, knowledge_base_config(1, 3), "test")
    np.testing.assert_array_equal(again["facts"], splits["test"]["facts"])
