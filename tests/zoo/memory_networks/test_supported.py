import keras
import numpy as np
import pytest

from keras_memory.zoo import SupportedMemoryNetwork

VOCABULARY = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
STORY = "Mary went to the kitchen. John went to the garden. Mary went to the garden."


def make(**arguments):
    keras.utils.set_random_seed(4)
    sizes = {"dim": 8, "facts": 2, "ngrams": 2, "buckets": 100}
    return SupportedMemoryNetwork(VOCABULARY, **{**sizes, **arguments})


@pytest.fixture(scope="module")
def model():
    model = make()
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.fixture
def inputs(model):
    ids = model.text.ids([STORY, "John went."], ["Where is Mary?", "Where is John?"])
    return {name: np.asarray(array) for name, array in ids.items()}


def test_facts_that_it_chooses_give_the_answer_of_facts_that_are_given(model, inputs):
    read = {name: np.asarray(array) for name, array in model.read(inputs).items()}
    given = model({**inputs, "facts": read["facts"]})
    np.testing.assert_allclose(given["answer"], read["logits"], atol=1e-5)
    weights = keras.ops.softmax(given["facts"])
    np.testing.assert_allclose(weights, read["weights"], atol=1e-5)
    assert (read["facts"][1] <= 1).all()
    other = model({**inputs, "facts": np.array([[2, 0], [1, 0]])})
    assert not np.allclose(other["answer"][0], read["logits"][0])


def test_an_answer_and_its_facts(model):
    stories = [STORY, "It rained. Mary went to the garden.", ""]
    found = model.answer(stories, ["Where is Mary?"] * 3)
    sentences, read = np.asarray(found["sentences"]), np.asarray(found["read"])
    facts, attention = np.asarray(found["facts"]), np.asarray(found["attention"])
    assert attention.shape == (3, 2, 4)
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=1e-5)
    for row in range(3):
        for step in range(2):
            number = facts[row, step]
            assert read[row, step] == (sentences[row][number - 1] if number else b"")
            weight = attention[row, step][number - 1]
            assert np.asarray(found["read_weight"])[row, step] == pytest.approx(weight)
    assert b"It rained." not in read  # no known word
    assert not facts[2].any()
    probabilities = np.asarray(found["probabilities"])
    words = [VOCABULARY[i].encode() for i in probabilities.argmax(axis=-1)]
    assert np.asarray(found["answer"]).tolist() == words
    assert np.asarray(found["unknown"]).tolist() == [b"", b"it, rained", b""]


def test_padding_changes_no_answer(model, inputs):
    """Of words and of sentences."""
    story, question = inputs["story"], inputs["question"]
    padded = {
        "story": np.pad(story, ((0, 0), (0, 9), (0, 3))),
        "question": np.pad(question, ((0, 0), (0, 2))),
    }
    expected, found = model.read(inputs), model.read(padded)
    np.testing.assert_allclose(found["logits"], expected["logits"], atol=1e-5)
    np.testing.assert_array_equal(found["facts"], expected["facts"])


@pytest.mark.parametrize("margin", [None, 0.1])
def test_it_learns_where_people_are_from_supports(margin):
    """Of whom the last sentence about them says it."""
    model = make(margin=margin)
    places, people = ["kitchen", "garden"], ["mary", "john"]
    rng = np.random.default_rng(0)
    who, where = rng.integers(2, size=(2, 64, 4))
    stories = [
        [f"{people[i]} went to the {places[j]}" for i, j in zip(*row, strict=True)]
        for row in zip(who, where, strict=True)
    ]
    subject = who[:, 1]
    last = 1 + np.array(
        [max(np.flatnonzero(w == a)) for w, a in zip(who, subject, strict=True)]
    )
    facts = np.stack([last, np.zeros_like(last)], axis=1)
    questions = [f"where is {people[i]}" for i in subject]
    answers = [places[where[row, i - 1]] for row, i in enumerate(last)]
    ids = {k: np.asarray(v) for k, v in model.text.ids(stories, questions).items()}
    targets = {"answer": model.text.answer_ids(answers), "facts": facts}
    model.compile(
        keras.optimizers.Adam(1e-2), **model.losses_and_metrics(), jit_compile=False
    )
    model.fit({**ids, "facts": facts}, targets, batch_size=16, epochs=40, verbose=0)
    found = model.read(ids)
    np.testing.assert_array_equal(found["facts"], facts)
    best = np.asarray(found["logits"]).argmax(axis=-1)
    assert (best == targets["answer"]).all()


def test_facts_that_no_sentence_has_are_refused(model, inputs):
    facts, answer = np.array([[4, 0], [1, 0]]), np.zeros(2, "int32")
    with pytest.raises(ValueError, match="sentences up to 3 for facts. Received: 4"):
        model.fit({**inputs, "facts": facts}, {"answer": answer, "facts": facts})
    with pytest.raises(ValueError, match="whole numbers from 0.*facts. Received: -1"):
        model.predict({**inputs, "facts": facts - 5})
    with pytest.raises(ValueError, match="for targets|for answer"):
        model.fit({**inputs, "facts": facts * 0}, {"answer": answer + 9, "facts": facts})
    with pytest.raises(ValueError, match="for answer. Received: 99"):
        model.fit({**inputs, "facts": facts * 0}, {"answer": answer + 99, "facts": facts})
    with pytest.raises(ValueError, match="Expected a dictionary of story, question, facts"):
        model.predict(inputs)
    with pytest.raises(ValueError, match="from 0 to 1 for dropout"):
        make(dropout=2)


def test_a_preset(model, inputs, tmp_path):
    model.save_to_preset(tmp_path / "preset")
    again = SupportedMemoryNetwork.from_preset(tmp_path / "preset")
    for name, expected in model.read(inputs).items():
        np.testing.assert_array_equal(again.read(inputs)[name], expected)
