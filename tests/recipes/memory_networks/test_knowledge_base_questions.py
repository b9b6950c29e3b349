"""Questions about a small knowledge base: facts that differ from question to question."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.datasets.knowledge_base.films import FILMS, RELATIONS
from keras_memory.recipes.memory_networks.stand_ins import StandIns
from keras_memory.recipes.running.beyond import beyond

SMALL = {
    "max_films": 3,
    "train_examples": 3_000,
    "dim": 40,
    "epochs": 6,
    "decay_epochs": 4,
    "steps_per_epoch": 90,
    "learning_rate": 0.01,
    "jit_compile": False,
}
FACTS = "Metropolis directed_by Fritz_Lang. Metropolis written_by Thea_von_Harbou. " + (
    "M directed_by Fritz_Lang."
)


@pytest.fixture(scope="module")
def small():
    return recipes.get("knowledge_base_questions", **SMALL)


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    return small.fit(tmp_path_factory.mktemp("runs") / "small", verbose=0)


def test_it_learns_which_facts_a_question_is_about(run):
    """Of six relations and three hundred names."""
    metrics = run.metrics
    assert list(metrics) == [
        "hits_at_1_percent",
        "hits_at_1_percent_forth",
        "hits_at_1_percent_back",
    ]
    assert min(metrics.values()) > 85
    figures = {path.name for path in (run.folder / "figures").glob("*.png")}
    assert figures == {"facts_of_a_question.png", "learning_curve.png"}


def test_names_that_it_does_not_know_are_answers_too(run, small):
    found = small.answer(run.model, FACTS, "Who wrote Metropolis?")
    assert list(found) == ["answer", "probability", "hop_1"]
    assert found["answer"] == "Thea_von_Harbou"
    fact = "Thea_von_Harbou: Metropolis written_by Thea_von_Harbou."
    assert found["hop_1"].startswith(fact)
    inverse = small.answer(run.model, FACTS, "Which films did Fritz_Lang direct?")
    assert inverse["answer"] in ("Metropolis", "M")


def test_facts_that_are_none_are_refused(run, small):
    for facts, question, message in (
        ("M is good.", "Who wrote M?", "the relation one of directed_by, .*'M is good.'"),
        ("M directed_by Fritz Lang.", "Who wrote M?", "a word each"),
        (FACTS, "???", "words that the model knows"),
    ):
        with pytest.raises(ValueError, match=f"Expected .*{message}"):
            small.answer(run.model, facts, question)


def test_any_right_answer_is_a_hit(small, monkeypatch):
    texts = small.texts("test")
    vocabulary = small.vocabulary
    last = [answers.decode().lower().split("\n")[-1] for answers in texts["answers"]]
    model = type("Model", (), {"text": small._text, "arguments": {"vocabulary": vocabulary}})
    for answers, rate in ((last, 100), (["directed_by"] * len(last), 0)):
        predicted = np.array([vocabulary.index(word) for word in answers])
        monkeypatch.setattr(type(small), "predicted", lambda *_, p=predicted: p)
        assert set(small.evaluate(model).values()) == {rate}


def test_targets_are_even_over_all_right_answers(small):
    examples = {k: v[:200] for k, v in small.examples("train").items()}
    inputs, targets = small.to_batch(examples)
    texts = small.texts("train")
    assert inputs["story"].shape[0] == 200
    for row, target in enumerate(np.asarray(targets)):
        right = {small.vocabulary[i] for i in np.flatnonzero(target)}
        expected = set(texts["answers"][row].decode().lower().split("\n"))
        assert right == expected
        np.testing.assert_allclose(target[target > 0], 1 / len(right), rtol=1e-5)


def test_larger_bases_are_beyond_the_test(run, small, monkeypatch):
    from keras_memory.recipes.memory_networks import knowledge_base_questions_study as study

    monkeypatch.setattr(study, "QUESTIONS", 20)
    monkeypatch.setattr(study, "FILMS", (1, 9))
    rows = beyond(small, run.model)
    assert [row["condition"] for row in rows] == ["films of a base: 1", "films of a base: 9"]
    assert rows[1]["facts"] > 40
    assert {row["reached"] for row in rows} <= {"yes", "no"}


def test_names_are_exchanged_for_free_ones():
    objects = {relation: names for relation, (names, _) in RELATIONS.items()}
    known = [*FILMS, *objects["directed_by"], "who", "directed"]
    facts = [f"{FILMS[0].title()} directed_by Murnau.", "Nosferatu directed_by MURNAU."]
    names = StandIns(facts, "Who directed Nosferatu?", known, FILMS, objects)
    exchanged, question = names.exchanged()
    person, film = objects["directed_by"][0], FILMS[1]
    assert exchanged.split("\n") == [
        f"{FILMS[0].title()} directed_by {person}.",
        f"{film} directed_by {person}.",
    ]
    assert question == f"Who directed {film}?"
    assert names.returned(f"{person}: {film}") == "Murnau: Nosferatu"
    with pytest.raises(ValueError, match="fewer names that the model does not know.*'A'"):
        StandIns(["A directed_by B."], "?", FILMS[:0], FILMS, objects)


def test_wrong_fields_are_refused():
    for fields, message in (
        ({"min_films": 9}, "min_films up to max_films=6. Received: min_films=9"),
        ({"max_films": 101}, "max_films up to 100. Received: 101"),
    ):
        with pytest.raises(ValueError, match=f"Expected {message}"):
            recipes.get("knowledge_base_questions", **fields)
