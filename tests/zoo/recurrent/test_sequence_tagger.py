import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.zoo import SequenceTagger, figures
from keras_memory.zoo.recurrent.rare_words import RareWords

VOCABULARY = ["show", "flights", "from", "to", "boston", "denver", "on", "monday"]
TAGS = ["O", "B-from", "B-to", "I-to"]
SENTENCES = ["Show flights from Boston to Denver", "flights to Zürich"]
TARGETS = [["O", "O", "O", "B-from", "O", "B-to"], ["O", "O", "B-to"]]
INTENTS = ["flight", "fare"]


def make(**arguments):
    keras.utils.set_random_seed(2)
    sizes = {"units": 6, "embedding_dim": 5, "letters": 6, "letter_dim": 4, "dropout": 0.0}
    model = SequenceTagger(VOCABULARY, TAGS, **{**sizes, **arguments})
    if keras.backend.backend() == "tensorflow":
        model.jit_compile = False  # compiling it takes longer than training
    return model


def texts(strings):
    rows = np.asarray(strings).tolist()
    return [[text.decode() for text in row] for row in rows]


@pytest.fixture(scope="module")
def trained():
    model = make(intents=INTENTS, crf=True)
    model.optimizer.learning_rate = 0.05
    inputs, targets, weights = model.examples(SENTENCES, TARGETS, ["flight", "fare"])
    model.fit(inputs, targets, sample_weight=weights, epochs=30, verbose=0)
    return model


def test_it_learns_tags_and_intents(trained):
    answer = trained.tag(SENTENCES)
    assert texts(answer["words"])[1] == ["flights", "to", "Zürich", "", "", ""]
    assert texts(answer["tags"]) == [TARGETS[0], [*TARGETS[1], "", "", ""]]
    assert [name.decode() for name in np.asarray(answer["intent"])] == ["flight", "fare"]
    assert [text.decode() for text in np.asarray(answer["unknown"])] == ["", "Zürich"]
    probability = ops.convert_to_numpy(answer["probability"])
    assert (probability[0] > 0.5).all()
    assert not probability[1, 3:].any()


def test_words_as_they_are(trained):
    """A word with a mark in it is divided in a text, not in a list of words."""
    assert texts(trained.tag(["to st. louis, on Monday."])["words"]) == [
        ["to", "st.", "louis", ",", "on", "Monday", "."]
    ]
    assert texts(trained.tag([["to", "louis,"], ["on"]])["words"]) == [
        ["to", "louis,"],
        ["on", ""],
    ]


def test_padding_changes_nothing(trained):
    alone = trained.tag(SENTENCES[1:])
    beside = trained.tag(SENTENCES)
    np.testing.assert_allclose(
        alone["probability"][0], beside["probability"][1, :3], atol=1e-5
    )
    np.testing.assert_allclose(
        alone["intent_probability"][0], beside["intent_probability"][1], atol=1e-5
    )


@pytest.mark.parametrize("encoder", ["jordan", "hybrid"])
def test_true_tags_are_used_in_training_alone(encoder):
    model = make(encoder=encoder)
    inputs, _, _ = model.examples(SENTENCES, TARGETS)
    others = {**inputs, "tags": ops.ones_like(inputs["tags"])}
    predicted, of_others = (
        ops.convert_to_numpy(model(x, training=False)["tags"]) for x in (inputs, others)
    )
    np.testing.assert_array_equal(predicted, of_others)
    forced, of_others = (
        ops.convert_to_numpy(model(x, training=True)["tags"]) for x in (inputs, others)
    )
    np.testing.assert_allclose(forced[:, 0], of_others[:, 0], atol=1e-6)
    assert np.abs(forced[0, 2] - of_others[0, 2]).max() > 1e-4


def test_the_loss_with_a_random_field_is_that_of_the_sequence():
    model = make(crf=True)
    inputs, targets, weights = model.examples(SENTENCES, TARGETS)
    mask = weights["tags"].astype(bool)
    scores = model._with_scores(inputs, training=True)["scores"]
    expected = model.crf.log_likelihood(scores, targets["tags"], mask)
    logits = model(inputs, training=True)["tags"]
    loss = keras.losses.sparse_categorical_crossentropy(
        targets["tags"], logits, from_logits=True
    )
    found = -ops.convert_to_numpy(loss) * weights["tags"]
    np.testing.assert_allclose(found.sum(axis=1), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("encoder", "attends"),
    [("elman", False), ("lstm", False), ("bidirectional", True), ("conv", True)],
)
def test_which_encoders_read_later_words(encoder, attends):
    model = make(encoder=encoder)
    one, other = (
        model(model.sentence_inputs([text]), training=False)["tags"]
        for text in ("flights to boston", "flights to monday")
    )
    changed = np.abs(ops.convert_to_numpy(one - other))[0, 0].max() > 1e-6
    assert changed == attends


def test_a_window_reads_the_next_word():
    model = make(encoder="elman", window=1)
    one, other = (
        ops.convert_to_numpy(model(model.sentence_inputs([text]), training=False)["tags"])
        for text in ("flights to boston", "flights to monday")
    )
    assert np.abs(one - other)[0, 1].max() > 1e-6
    np.testing.assert_allclose(one[0, 0], other[0, 0], atol=1e-6)


def test_unknown_words_differ_by_their_letters():
    def logits(model):
        inputs = model.sentence_inputs([["Zürich", "Bern"]])
        return ops.convert_to_numpy(model(inputs, training=False)["tags"])[0]

    assert np.abs(np.diff(logits(make(encoder="conv", window=0)), axis=0)).max() > 1e-4
    model = make(letters=0, encoder="elman")
    model.get_layer("encoder_0").cell.from_hidden.kernel.assign(np.zeros((6, 6)))
    assert np.abs(np.diff(logits(model), axis=0)).max() < 1e-6


@pytest.mark.parametrize("intents", [(), INTENTS])
def test_the_error_has_one_name(intents):
    """With intents and without: recipes keep the epoch where it is lowest."""
    model = make(encoder="conv", letters=0, intents=intents)
    inputs, targets, weights = model.examples(SENTENCES, TARGETS, ["flight", "fare"])
    metrics = model.evaluate(
        inputs, targets, sample_weight=weights, verbose=0, return_dict=True
    )
    assert "tags_error" in metrics


def test_rare_words_are_unknown_half_of_the_time():
    layer = RareWords(10, 3, seed=1)
    words = np.tile(np.arange(10), (400, 1))
    found = ops.convert_to_numpy(layer(words, training=True))
    np.testing.assert_array_equal(found[:, :7], words[:, :7])
    is_unknown = found[:, 7:] == 1
    assert 0.45 < is_unknown.mean() < 0.55
    np.testing.assert_array_equal(layer(words), words)


def test_what_it_does_word_by_word(trained):
    trace = trained.trace(trained.sentence_inputs(SENTENCES))
    np.testing.assert_allclose(trace["probabilities"].sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(trace["intent_weights"].sum(axis=-1), 1, atol=1e-5)
    answer = trained.tag(SENTENCES)
    np.testing.assert_allclose(
        trace["intent_probabilities"].max(axis=-1), answer["intent_probability"], atol=1e-5
    )
    words = SENTENCES[0].split()
    figure = figures.tag_probabilities(words, TAGS, trace["probabilities"][0])
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == words
    likely = {"O", "B-from", "B-to"}
    assert likely <= {label.get_text() for label in axis.get_yticklabels()} <= set(TAGS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"encoder": "tree"}, "one of 'elman'.*'hybrid' for encoder. Received: 'tree'"),
        ({"encoder": "jordan", "depth": 2}, "depth=1 for jordan. Received: 2"),
        ({"letter_encoding": "none"}, "one of 'convolution', 'ngrams'"),
        ({"units": 0}, "positive integer for units"),
        ({"letters": -1}, "0 or more for letters"),
        ({"intents": ["a", "a"]}, "each once, for intents"),
    ],
)
def test_arguments_that_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [("words", "list of words"), (["a", "a"], "each once"), (["A"], "lower case")],
)
def test_vocabularies_that_are_refused(vocabulary, message):
    with pytest.raises(ValueError, match=message):
        SequenceTagger(vocabulary, TAGS)


def test_examples_that_are_refused(trained):
    with pytest.raises(ValueError, match="Expected 3 tags in sentence 0. Received: 2"):
        trained.examples(["flights to boston"], [["O", "O"]], ["fare"])
    with pytest.raises(ValueError, match="model's tags. Received: 'B-day'"):
        trained.examples(["monday"], [["B-day"]], ["fare"])
    with pytest.raises(ValueError, match="tags of 1 sentences. Received: of 2"):
        trained.examples(["monday"], [["O"], ["O"]], ["fare"])
    with pytest.raises(ValueError, match="each a string or each a list of words"):
        trained.tag("show flights")


@pytest.mark.parametrize("encoder", ["elman", "jordan", "hybrid", "lstm", "gru"])
def test_word_by_word_is_as_at_once(encoder):
    depth = 1 if encoder in ("jordan", "hybrid") else 2
    model = make(encoder=encoder, depth=depth, intents=INTENTS)
    whole = model.tag(SENTENCES)
    words, tags = texts(whole["words"]), texts(whole["tags"])
    states = model.initial_states(2)
    for t in range(len(words[0])):
        answer = model.tag_next([row[t] for row in words], states)
        states = {name: answer[name] for name in states}
        assert texts([answer["tags"]]) == [[row[t] for row in tags]]
        np.testing.assert_allclose(
            ops.convert_to_numpy(answer["probability"]),
            ops.convert_to_numpy(whole["probability"])[:, t],
            atol=1e-5,
        )
        if t == len(TARGETS[1]):  # of which the second sentence has no words any more
            rest = {name: ops.convert_to_numpy(state)[1] for name, state in states.items()}
    for name, state in states.items():
        np.testing.assert_array_equal(ops.convert_to_numpy(state)[1], rest[name])


@pytest.mark.parametrize(
    "arguments",
    [{"encoder": "bidirectional"}, {"encoder": "lstm", "window": 1}, {"crf": True}],
)
def test_not_word_by_word(arguments):
    model = make(**{"encoder": "gru", **arguments})
    assert not model.tags_as_they_come
    for call in (lambda: model.initial_states(1), lambda: model.tag_next(["to"], {})):
        with pytest.raises(ValueError, match="one direction .* to tag word by word"):
            call()


@pytest.mark.parametrize("words", ["to", [["to"]], [], [1], None])
def test_words_that_are_none(words):
    model = make(encoder="gru")
    with pytest.raises(ValueError, match="a list of words, each a string"):
        model.tag_next(words, model.initial_states(1))


@pytest.mark.parametrize("encoder", ["elman", "lstm", "gru"])
def test_what_is_inside_gives_the_scores(encoder):
    model = make(encoder=encoder, depth=2)
    trace = model.trace(model.sentence_inputs(SENTENCES))
    kernel, bias = map(ops.convert_to_numpy, model.get_layer("scores").weights)
    scores = np.exp(trace["states"] @ kernel + bias)
    expected = scores / scores.sum(axis=-1, keepdims=True)
    for row, count in enumerate([6, 3]):
        np.testing.assert_allclose(
            trace["probabilities"][row, :count], expected[row, :count], atol=1e-5
        )
    if encoder == "lstm":
        i, f, o = (trace[f"{name}_gate"][0] for name in ("input", "forget", "output"))
        cells = trace["cells"][0]
        np.testing.assert_allclose(
            cells[1:], f[1:] * cells[:-1] + i[1:] * trace["candidates"][0][1:], atol=1e-5
        )
        np.testing.assert_allclose(trace["states"][0], o * np.tanh(cells), atol=1e-5)
    if encoder != "elman":
        figure = figures.gates(trace, 0, SENTENCES[0].split())
        titles = [axis.get_title("left") for axis in figure.axes]
        gates = {"lstm": 3, "gru": 2}[encoder]
        assert sum(title.endswith(" gate") for title in titles) == gates
