import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.zoo import EntityNetwork, figures

VOCABULARY = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
SENTENCES = ["Mary went to the kitchen.", "John went to the garden."]
STORY = " ".join(SENTENCES)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(4)
    model = EntityNetwork(VOCABULARY, dim=6, slots=3, max_words=5)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def numbers(model, *texts):
    return {k: np.asarray(v) for k, v in model.text.ids(*texts).items()}


def wide(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), "float64")


def test_the_output_in_numpy(model):
    """From the slots that the cell gives to the logits: section 2.3 of the paper."""
    ids = numbers(model, [STORY], ["Where is Mary?"])
    table = wide(model.get_layer("embedding").lookups[0])
    f = wide(model.get_layer("question_encoding").factors)
    words = table[ids["question"][0] - 1]
    q = (f[: len(words)] * words).sum(axis=0)
    h = wide(model.answer([STORY], ["Where is Mary?"])["entities"][0])
    p = np.exp(h @ q)
    p /= p.sum()
    x = q + (p @ h) @ wide(model.get_layer("projection").kernel)
    y = np.where(x > 0, x, wide(model.get_layer("activation").alpha) * x)
    logits = y @ wide(model.get_layer("read_out").kernel)
    np.testing.assert_allclose(wide(model(ids))[0], logits, rtol=1e-4, atol=1e-4)
    attention = model.answer([STORY], ["Where is Mary?"])["attention"]
    np.testing.assert_allclose(wide(attention)[0], p, atol=1e-5)


def test_padding_changes_no_logit(model):
    ids = numbers(model, [STORY], ["Where is Mary?"])
    padded = {
        "story": np.pad(ids["story"], ((0, 0), (2, 3), (0, 4))),
        "question": np.pad(ids["question"], ((0, 0), (0, 3))),
    }
    np.testing.assert_allclose(wide(model(padded)), wide(model(ids)), atol=1e-5)


def test_a_story_sentence_by_sentence_is_the_story(model):
    """State in, state out; two stories of different lengths at once."""
    stories = [SENTENCES, ["John is the kitchen.", ""]]
    whole = model.answer(stories, ["Where is Mary?", "Where is John?"])
    entities, gates = model.initial_entities(2), []
    for sentences in zip(*stories, strict=True):
        read = model.read_sentences(list(sentences), entities)
        entities = read["entities"]
        gates.append(wide(read["gates"]))
    np.testing.assert_allclose(wide(entities), wide(whole["entities"]), atol=1e-6)
    np.testing.assert_allclose(np.stack(gates, 1), wide(whole["gates"]), atol=1e-6)
    answer = model.answer_from(entities, ["Where is Mary?", "Where is John?"])
    for name, found in answer.items():
        if name == "answer":
            assert np.asarray(found).tolist() == np.asarray(whole[name]).tolist()
        else:
            np.testing.assert_allclose(wide(found), wide(whole[name]), atol=1e-5)


def test_unknown_sentences_and_empty_stories(model):
    """They leave the slots as they are; the question alone decides."""
    found = model.answer(["It rained.", ""], ["Where is Zork?"] * 2)
    assert np.asarray(found["unknown"]).tolist() == [b"zork, it, rained", b"zork"]
    keys = np.broadcast_to(ops.convert_to_numpy(model.cell.keys), (2, 3, 6))
    np.testing.assert_array_equal(wide(found["entities"]), keys.astype("float64"))
    assert not wide(found["gates"]).any()
    alone = model.answer([""], ["Where is Zork?"])
    assert alone["gates"].shape == (1, 0, 3)
    np.testing.assert_allclose(wide(alone["probability"]), wide(found["probability"])[:1])


def test_what_the_slots_contain_after_each_sentence(model):
    ids = numbers(model, [STORY], ["Where is Mary?"])
    trace, answer = model.trace(ids), model.answer([STORY], ["Where is Mary?"])
    np.testing.assert_allclose(trace["entities"][:, -1], answer["entities"], atol=1e-6)
    np.testing.assert_allclose(trace["gates"], answer["gates"], atol=1e-6)
    np.testing.assert_allclose(trace["attention"], answer["attention"], atol=1e-6)
    slot = trace["entities"][:, 0, 1]  # as if all slots were that one
    alone = model.answer_from(np.repeat(slot[:, None], 3, axis=1), ["Where is Mary?"])
    logits = trace["answers"][0, 0, 1]
    powers = np.exp(logits - logits.max())
    np.testing.assert_allclose(
        wide(alone["probabilities"])[0], powers / powers.sum(), atol=1e-5
    )


def test_it_learns_who_is_where():
    """Who went where last, of two persons: chance is a half."""
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    stories, questions, answers = [], [], []
    for _ in range(300):
        last, story = {}, []
        for _ in range(3):
            who, where = rng.choice(["Mary", "John"]), rng.choice(["kitchen", "garden"])
            story.append(f"{who} went to the {where}.")
            last[who] = where
        who = rng.choice(sorted(last))
        stories.append(" ".join(story))
        questions.append(f"Where is {who}?")
        answers.append(last[who])
    model = EntityNetwork(VOCABULARY, dim=16, slots=4, max_words=5)
    inputs = numbers(model, stories, questions)
    targets = model.text.answer_ids(answers)
    model.fit(inputs, targets, epochs=25, batch_size=30, verbose=0)
    found = np.asarray(model.answer(stories, questions)["answer"])
    assert np.mean([a.decode() == b for a, b in zip(found, answers, strict=True)]) > 0.95


def test_dropout_is_of_training_alone():
    model = EntityNetwork(VOCABULARY, dim=6, slots=3, dropout=0.5)
    ids = numbers(model, [STORY], ["Where is Mary?"])
    plain = wide(model(ids))
    np.testing.assert_array_equal(plain, wide(model(ids)))
    assert not np.allclose(plain, wide(model(ids, training=True)))


def test_wrong_arguments_are_refused():
    for arguments in ({"dim": 0}, {"slots": 1.5}, {"max_words": -1}, {"dropout": 1.5}):
        with pytest.raises(ValueError, match=f"Expected .*{next(iter(arguments))}"):
            EntityNetwork(VOCABULARY, **arguments)


def test_a_picture_of_the_slots(model):
    trace = model.trace(numbers(model, [STORY], ["Where is Mary?"]))
    words = np.array(VOCABULARY)[trace["answers"][0].argmax(axis=-1)]
    figure = figures.entity_slots(
        SENTENCES, trace["gates"][0], words, trace["attention"][0], "Where is Mary?"
    )
    above, below = figure.axes
    np.testing.assert_allclose(above.images[0].get_array(), trace["gates"][0])
    np.testing.assert_allclose(below.images[0].get_array(), trace["attention"])
    assert [label.get_text() for label in above.get_yticklabels()] == SENTENCES
    written = {(t.get_position(), t.get_text()) for t in above.texts}
    assert written == {
        ((slot, row), words[row, slot])
        for (row, slot), gate in np.ndenumerate(trace["gates"][0])
        if gate > 0.3
    }
