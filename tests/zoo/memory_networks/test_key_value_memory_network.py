import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.zoo import KeyValueMemoryNetwork

VOCABULARY = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
SENTENCES = ["Mary went to the kitchen.", "John went to the garden."]
STORY, QUESTION = " ".join(SENTENCES), "Where is Mary?"
FACTS = ["alien", "heat", "scott", "mann", "directed_by", "who", "directed"]
KINDS = {
    "sentence": {},
    "window": {"keys": "window", "width": 3, "encoding": "bag_of_words"},
    "fact": {"keys": "fact", "max_ages": None},
    "hashed": {"keys": "window", "common": ["where", "is"]},
}


def make(vocabulary=VOCABULARY, **arguments):
    keras.utils.set_random_seed(3)
    return KeyValueMemoryNetwork(vocabulary, **{"dim": 5, "hops": 2, **arguments})


@pytest.fixture(scope="module", params=KINDS)
def model(request):
    return make(**KINDS[request.param])


def numbers(model, *texts):
    return {k: np.asarray(v) for k, v in model.text.ids(*texts).items()}


def wide(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), "float64")


def memories(model, story):
    """Of each memory: the words of its key, its value, and the age of its sentence."""
    size, sentences = model.text.size, [s[s > 0] for s in story if s.any()]
    for age, s in enumerate(reversed(sentences)):
        if model.arguments["keys"] == "sentence":
            yield s, s + size, age
        elif model.arguments["keys"] == "fact":
            yield s[:-1], s[-1:] + size, age
            yield np.array([s[-1], *(s[1:-1] + size)]), s[:1] + size, age
        else:
            reach = model.arguments["width"] // 2
            for j, word in enumerate(s):
                window = s.copy()
                window[j] += size
                yield window[max(0, j - reach) : j + reach + 1], [word + size], age


def test_the_output_in_numpy(model):
    """The formulas of section 3.1 of the paper, with ages."""
    ids = numbers(model, [STORY], [QUESTION])
    table = wide(model.get_layer("embedding").lookups[0])
    size, ages = model.text.size, model.arguments["max_ages"]
    positions = model.arguments["encoding"] == "position"

    def vector(words, age=None):
        d, count = table.shape[1], len(words)
        k, j = np.arange(1, d + 1), np.arange(1, count + 1)[:, None]
        factors = 1 + 4 * (k - (d + 1) / 2) * (j - (count + 1) / 2) / (d * count)
        total = (table[np.array(words) - 1] * (factors if positions else 1)).sum(axis=0)
        return total + (0 if age is None or not ages else table[2 * size + age])

    question = ids["question"][0]
    common = {VOCABULARY.index(word) + 1 for word in model.arguments["common"] or ()}
    counting = set(question.tolist()) - common
    found = [
        (vector(key, age), vector(value, age + (ages or 0)))
        for key, value, age in memories(model, ids["story"][0])
        if model.arguments["common"] is None or counting & set(np.array(key).tolist())
    ]
    keys, values = (np.array(vectors) for vectors in zip(*found, strict=True))
    q = vector(question)
    for j in (1, 2):
        p = np.exp(keys @ q)
        o = p @ values / p.sum()
        q = (q + o) @ wide(model.get_layer(f"projection_{j}").kernel)
    logits = q @ wide(model.get_layer("read_out").kernel)
    np.testing.assert_allclose(wide(model(ids))[0], logits, rtol=1e-4, atol=1e-5)
    read = model.trace(ids)["weights"]
    assert np.count_nonzero(read[0, 0]) == len(found)
    np.testing.assert_allclose(read.sum(axis=-1), 1, atol=1e-5)


def test_padding_changes_no_logit(model):
    ids = numbers(model, [STORY], [QUESTION])
    padded = {
        "story": np.pad(ids["story"], ((0, 0), (2, 3), (0, 4))),
        "question": np.pad(ids["question"], ((0, 0), (0, 3))),
    }
    np.testing.assert_allclose(wide(model(padded)), wide(model(ids)), atol=1e-5)


def test_an_answer_and_what_each_hop_read(model):
    found = model.answer([STORY, "It rained.", ""], [QUESTION] * 3)
    probabilities = wide(found["probabilities"])
    best = [VOCABULARY[i].encode() for i in probabilities.argmax(axis=-1)]
    assert np.asarray(found["answer"]).tolist() == best
    assert np.asarray(found["unknown"]).tolist() == [b"", b"it, rained", b""]
    attention = wide(found["attention"])
    assert attention.shape == (3, 2, 3)
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(attention[1:, :, 2], 1)  # nothing is known of these
    read = np.asarray(found["read"]).tolist()
    texts = [s.encode() for s in [*SENTENCES, ""]]
    assert read[0] == [texts[i] for i in attention[0].argmax(axis=-1)]
    assert read[1:] == [[b"", b""]] * 2
    np.testing.assert_allclose(wide(found["read_weight"]), attention.max(axis=-1))
    value = np.asarray(found["value"]).tolist()
    assert value[1:] == read[1:]
    if model.arguments["keys"] == "sentence":
        assert value == read
    else:
        assert {v.decode() for v in value[0]} <= set(VOCABULARY)
    assert model.answer([""], ["Where?"])["attention"].shape == (1, 2, 1)


def test_what_has_no_word_of_the_question_is_not_read():
    model = make(common=["is", "where"])
    attention = wide(model.answer([STORY] * 2, [QUESTION, "Where is it?"])["attention"])
    np.testing.assert_allclose(attention[0], [[1, 0, 0]] * 2, atol=1e-6)
    np.testing.assert_allclose(attention[1], [[0, 0, 1]] * 2, atol=1e-6)


def test_it_learns_facts_in_both_directions():
    """Who directed what, and who has directed: facts differ from question to question."""
    rng = np.random.default_rng(0)
    stories, questions, answers = [], [], []
    for _ in range(300):
        directors = rng.permutation(["Scott", "Mann"])
        pairs = list(zip(["Alien", "Heat"], directors, strict=True))
        stories.append(" ".join(f"{film} directed_by {who}." for film, who in pairs))
        film, who = pairs[rng.integers(2)]
        forth = rng.integers(2)
        questions.append(f"Who directed {film}?" if forth else f"{who} directed?")
        answers.append(who if forth else film)
    model = make(FACTS, keys="fact", dim=16, max_ages=None, common=["who", "directed"])
    inputs, targets = numbers(model, stories, questions), model.text.answer_ids(answers)
    model.compile(keras.optimizers.Adam(1e-2), loss=model.loss, metrics=["accuracy"])
    model.fit(inputs, targets, epochs=15, batch_size=30, verbose=0)
    found = model.answer(stories, questions)
    words = [word.decode() for word in np.asarray(found["answer"])]
    assert np.mean([a == b.lower() for a, b in zip(words, answers, strict=True)]) > 0.95
    values = [row[0].decode() for row in np.asarray(found["value"])]
    assert values == words  # of the fact that has to do with the question


def test_wrong_arguments_are_refused():
    for arguments in (
        *({"dim": 0}, {"hops": 1.5}, {"max_ages": -1}, {"keys": "page"}, {"noise": 2}),
        *({"keys": "window", "width": 4}, {"common": ["nobody"]}, {"encoding": "none"}),
    ):
        with pytest.raises(ValueError, match=f"Expected .*{list(arguments)[-1]}"):
            make(**arguments)
