import keras
import numpy as np
import pytest

from keras_memory import layers
from keras_memory.zoo import MemN2N, MemN2NLanguageModel
from keras_memory.zoo.memory_networks.tying import sgd_of_sum

VOCABULARY = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
STORY = "Mary went to the kitchen. John went to the garden."
SENTENCES = ["Mary went to the kitchen.", "John went to the garden."]


def make(**arguments):
    keras.utils.set_random_seed(4)
    return MemN2N(VOCABULARY, **{"dim": 6, "memory_size": 5, **arguments})


@pytest.fixture(scope="module")
def model():
    return make()


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def encoded(words, table):
    """Σ_j l_j ∘ A x_j of one sentence."""
    d, length = table.shape[1], len(words)
    j, k = np.arange(1, length + 1)[:, None], np.arange(1, d + 1)
    factors = 1 + 4 * (k - (d + 1) / 2) * (j - (length + 1) / 2) / (d * length)
    return (factors * table[np.array(words) - 1]).sum(axis=0)


@pytest.mark.parametrize("tying", ["adjacent", "layer_wise"])
@pytest.mark.parametrize("activation", [None, "relu"])
def test_the_paper_in_numpy(tying, activation):
    """Two hops over two sentences in a memory of five slots, three of them empty."""
    model = make(tying=tying, hops=2, activation=activation)
    ids = {k: np.asarray(v) for k, v in model.text.ids([STORY], ["Where is Mary?"]).items()}
    embedding = model.get_layer("embedding")
    tables = [np.asarray(table, "float64") for table in embedding.lookups]
    words = [table[: len(VOCABULARY)] for table in tables]
    ages = [table[len(VOCABULARY) :] for table in tables]

    def memory(table):
        slots = np.zeros((5, 6))
        for i, sentence in enumerate(ids["story"][0]):
            slots[i] = encoded(sentence, words[table]) + ages[table][1 - i]
        return slots

    if tying == "adjacent":
        hops, mapping, read_out = [(0, 1), (1, 2)], np.eye(6), words[2].T
        state = encoded(ids["question"][0], words[0])
    else:
        hops, mapping = [(0, 1)] * 2, np.asarray(model.get_layer("hop").kernel, "float64")
        read_out = np.asarray(model.get_layer("read_out").kernel, "float64")
        table = model.get_layer("question_embedding").lookups[0]
        state = encoded(ids["question"][0], np.asarray(table, "float64"))
    attention = []
    for a, c in hops:
        attention.append(softmax(memory(a) @ state))
        state = state @ mapping + attention[-1] @ memory(c)
        if activation:
            state = np.maximum(state, 0)
    np.testing.assert_allclose(model(ids)[0], state @ read_out, atol=1e-5)
    np.testing.assert_allclose(model.trace(ids)["weights"][0], attention, atol=1e-5)


def test_a_padded_memory_changes_no_probability(model):
    """From 50 to 500 slots, and the words of sentences, too."""
    model = make(memory_size=50, dim=20)
    rng = np.random.default_rng(0)
    story = rng.integers(1, 10, (3, 50, 5)) * (np.arange(50) < [[7], [50], [0]])[..., None]
    question = rng.integers(1, 10, (3, 4))

    def answered(story, question):
        return keras.ops.softmax(model({"story": story, "question": question}))

    expected = answered(story, question)
    padded = np.pad(story, ((0, 0), (0, 450), (0, 3)))
    found = answered(padded, np.pad(question, ((0, 0), (0, 2))))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    spread = np.concatenate([np.zeros_like(story[:, :9]), story], axis=1)
    np.testing.assert_allclose(answered(spread, question), expected, atol=1e-6)


def test_text_and_lists_of_sentences_are_the_same(model):
    as_text = model.answer([STORY, "Mary went"], ["Where is Mary?"] * 2)
    as_list = model.answer([SENTENCES, ["Mary went"]], ["Where is Mary?"] * 2)
    for name, found in as_list.items():
        np.testing.assert_array_equal(found, as_text[name])


def test_an_answer_and_how_it_was_found(model):
    predicted = model.answer([STORY, ""], ["Where is Mary?", "Where?"])
    probabilities = np.asarray(predicted["probabilities"])
    assert probabilities.shape == (2, len(VOCABULARY))
    best = probabilities.argmax(axis=-1)
    assert [a.decode() for a in predicted["answer"].numpy()] == [VOCABULARY[i] for i in best]
    np.testing.assert_allclose(predicted["probability"], probabilities.max(axis=-1))
    attention = np.asarray(predicted["attention"])
    assert attention.shape == (2, 3, 5)
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(attention[1], 0.2, atol=1e-6)  # all slots are empty


def test_an_answer_has_what_each_hop_read(rng):
    """The sentences as given, and in each hop that of the largest weight."""
    model = make()
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    stories = [STORY, "It rained. Mary went to the garden. Mary is the kitchen.", ""]
    found = model.answer(stories, ["Where is Mary?"] * 3)
    sentences, read = found["sentences"].numpy(), found["read"].numpy()
    attention = np.asarray(found["attention"])
    assert [s.decode() for s in sentences[0]] == [*SENTENCES, ""]
    assert sentences.shape == (3, 3)
    assert not any(sentences[2])
    for row in range(3):
        for hop in range(3):
            weights = attention[row, hop, :3] * (sentences[row] != b"")
            weights[sentences[row] == b"It rained."] = 0  # no known word: an empty slot
            weights = [*weights, attention[row, hop].sum() - weights.sum()]
            best = int(np.argmax(weights))
            assert read[row, hop] == [*sentences[row], b""][best]
            assert float(found["read_weight"][row][hop]) == pytest.approx(
                weights[best], abs=1e-6
            )
    assert {*read[0], *read[1]} > {b""}  # both kinds occur
    assert not any(read[2])


@pytest.mark.parametrize("norm", ["clipnorm", "global_clipnorm"])
def test_gradient_descent_on_a_sum_is_that_on_the_mean(norm):
    """One update by the mean over 4 examples, and by their sum: the same."""
    loss, targets = keras.losses.MeanSquaredError(), np.array([[3.0], [-1.0], [8.0], [40.0]])
    moved = []
    for optimizer, scale in (
        (sgd_of_sum(0.1, batch_size=4, **{norm: 5.0}), 1),
        (keras.optimizers.SGD(0.1, **{norm: 5.0}), 4),
    ):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        before = model.get_weights()
        model.compile(optimizer, loss=lambda y, p, scale=scale: scale * loss(y, p))
        model.fit(np.ones((4, 2)), targets, batch_size=4, verbose=0)
        moved.append([a - b for a, b in zip(model.get_weights(), before, strict=True)])
    for by_mean, by_sum in zip(*moved, strict=True):
        np.testing.assert_allclose(by_mean, by_sum, rtol=1e-5)


def test_an_example_of_nothing_counts_like_any_other(model):
    """An empty story and a question without a known word: every answer is as likely."""
    inputs = model.text.ids(["", STORY], ["?", "Where is Mary?"])
    targets = model.text.answer_ids(["garden", "garden"])
    nothing = {name: ids[:1] for name, ids in inputs.items()}
    loss, _ = model.evaluate(nothing, targets[:1], verbose=0)
    assert loss == pytest.approx(np.log(len(VOCABULARY)), rel=1e-4)


def test_unknown_words_and_sentences_of_them_are_left_out(model):
    known = model.answer([STORY], ["Where is Mary?"])
    strange = "Mary quickly went to the old kitchen. It rained. John went to the garden."
    found = model.answer([strange], ["Where, pray, is Mary?"])
    np.testing.assert_allclose(found["probabilities"], known["probabilities"], atol=1e-6)
    weights = np.asarray(found["attention"])[0]
    np.testing.assert_allclose(weights[:, [0, 2]], known["attention"][0][:, :2], atol=1e-6)


def test_each_table_is_clipped_by_itself():
    """By the norm of its whole gradient, to which repeated words add."""
    model = make(noise=0.0)
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=w.shape) for w in model.get_weights()]  # steep
    model.set_weights(weights)
    inputs = model.text.ids([STORY] * 32, ["Where is Mary?"] * 32)
    model.fit(inputs, model.text.answer_ids(["garden"] * 32), batch_size=32, verbose=0)
    moved = [np.linalg.norm(a - b) for a, b in zip(model.get_weights(), weights, strict=True)]
    np.testing.assert_allclose(moved, 0.01 * 40, rtol=1e-4)


def test_a_linear_start_is_a_variable_of_the_model():
    model = make(selection=layers.LinearStart())
    inputs = model.text.ids([STORY], ["Where is Mary?"])
    soft = np.asarray(model(inputs))
    model.selection.linear.assign(1)
    linear = model.trace(inputs)["weights"]
    assert not np.allclose(linear.sum(axis=-1), 1)
    model.selection.linear.assign(0)
    np.testing.assert_array_equal(model(inputs), soft)


def test_a_preset_of_a_linear_start(tmp_path):
    model = make(selection=layers.LinearStart())
    model.save_to_preset(tmp_path / "preset")
    again = MemN2N.from_preset(tmp_path / "preset")
    inputs = model.text.ids([STORY], ["Where is Mary?"])
    np.testing.assert_array_equal(again(inputs), model(inputs))
    assert type(model.get_config()["vocabulary"]) is list


@pytest.mark.slow
def test_it_learns_to_find_a_sentence():
    """Who is where, of two who moved: chance is a half."""
    rng = np.random.default_rng(0)
    places, people = np.array(["kitchen", "garden"]), np.array(["Mary", "John"])
    chosen = rng.integers(0, 2, (300, 3))
    stories = [
        f"{people[a]} went to the {places[b]}. {people[1 - a]} went to the {places[1 - b]}."
        for a, b, _ in chosen
    ]
    questions = [f"Where is {people[q]}?" for _, _, q in chosen]
    answers = [str(places[b if q == a else 1 - b]) for a, b, q in chosen]
    model = make(dim=10, hops=1)
    inputs, targets = model.text.ids(stories, questions), model.text.answer_ids(answers)
    model.fit(inputs, targets, epochs=60, verbose=0)
    assert model.evaluate(inputs, targets, verbose=0)[1] > 0.95


@pytest.mark.slow
def test_a_language_model_learns_what_comes_next():
    """Each word is the one before the last, plus one."""
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    words = rng.integers(1, 6, (2_000, 4))
    model = MemN2NLanguageModel(6, dim=12, hops=2, memory_size=4)
    model.fit(words, words[:, 2], epochs=80, batch_size=64, verbose=0)
    predicted = model.predict(words, verbose=0).argmax(axis=-1)
    assert (predicted == words[:, 2]).mean() > 0.95
    assert model.trace(words)["weights"].shape == (2_000, 2, 4)


def test_a_language_model_of_padding_alone_is_finite():
    model = MemN2NLanguageModel(6, dim=4, hops=2, memory_size=4)
    assert np.isfinite(model(np.zeros((1, 4), "int32"))).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hops": 0}, "positive integer for hops. Received: 0"),
        ({"tying": "loose"}, "'layer_wise' for tying. Received: 'loose'"),
        ({"score": "cos"}, "for score. Received: 'cos'"),
        ({"noise": -1}, "from 0 to 1 for noise"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)


def test_unknown_words_are_in_the_answer(model):
    answers = model.answer([STORY, "Zork went."], ["Where is Mary?", "Where is Zork?"])
    unknown = [text.decode() for text in answers["unknown"].numpy()]
    assert unknown[0] == ""
    assert "zork" in unknown[1].split(", ")


def test_words_of_any_language_are_learned():
    """As their transliterations are: one word determines the answer."""
    model = MemN2N(["маша", "küche", "garten", "ist", "wo"], dim=8, hops=1, noise=0.0)
    model.compile(model.optimizer, model.loss, jit_compile=False)
    stories = ["Маша ist Küche.", "Маша ist Garten."] * 16
    inputs = model.text.ids(stories, ["Wo ist Маша?"] * 32)
    model.fit(inputs, model.text.answer_ids(["Küche", "Garten"] * 16), epochs=40, verbose=0)
    answers = model.answer(stories[:2], ["wo ist маша"] * 2)["answer"].numpy()
    assert [answer.decode() for answer in answers] == ["küche", "garten"]
