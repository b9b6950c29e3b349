"""Models out of texts: their vocabularies, and examples that they are trained on."""

import numpy as np
import pytest
from keras import ops

from keras_memory import zoo

pytestmark = pytest.mark.long

STORIES = [
    "Ana went to the lobby. Bo went home.",
    ["Bo took the milk.", "Ána left."],
    b"Bo went to the lobby.",
]
QUESTIONS = np.array(["Where is Ana?", "What has Bo?", "Where is Bo?"])
ANSWERS = ("Lobby", "milk,Home", "lobby")
VOCABULARY = [
    *("ana", "bo", "has", "home", "is", "left", "lobby", "milk", "milk,home"),
    *("the", "to", "took", "went", "what", "where", "ána"),
]


class Column:
    """As of a frame: it has no length, and gives one text after the other."""

    def __init__(self, texts):
        self.texts = texts

    def __iter__(self):
        return iter(self.texts)


def array(tensor):
    return ops.convert_to_numpy(tensor)


def fit(model, inputs, targets, weights=None):
    history = model.fit(inputs, targets, sample_weight=weights, verbose=0).history
    return history["loss"][0]


@pytest.mark.parametrize(
    ("network", "facts"),
    [
        (zoo.MemN2N, None),
        (zoo.EntityNetwork, None),
        (zoo.KeyValueMemoryNetwork, None),
        (zoo.DynamicMemoryNetwork, None),
        (zoo.UniversalTransformer, None),
        (zoo.SupportedMemoryNetwork, [[1], [1], [1]]),
    ],
)
def test_stories(network, facts):
    texts = [Column(["\n".join(s) if isinstance(s, list) else s for s in STORIES])]
    texts += [Column(QUESTIONS), ANSWERS]
    model = network.from_texts(*texts, dim=4)
    assert model.arguments["vocabulary"] == VOCABULARY
    examples = model.examples(*texts, *([facts] if facts else []))
    assert np.isfinite(fit(model, *examples))
    _, targets = examples
    if facts:
        np.testing.assert_array_equal(targets["facts"], [[1, 0, 0]] * 3)
        targets = targets["answer"]
    assert [VOCABULARY[target] for target in targets] == ["lobby", "milk,home", "lobby"]


class Tensor:
    """As an element of a dataset of `tf.data`."""

    def __init__(self, text):
        self.text = text

    def numpy(self):
        return self.text.encode()


def test_columns_of_tensors():
    texts = [["Ana left.", "Bo é."], ["Who left?", "Who is?"], ["ana", "bo"]]
    columns = [Column(map(Tensor, column)) for column in texts]
    model = zoo.MemN2N.from_texts(*columns, dim=4)
    assert model.arguments["vocabulary"] == ["ana", "bo", "is", "left", "who", "é"]


def test_stories_of_sentences():
    stories = [[text] if isinstance(text, str) else text for text in STORIES[:2]]
    model = zoo.MemN2N.from_texts(stories, QUESTIONS[:2], ANSWERS[:2])
    inputs, _ = model.examples(stories, QUESTIONS[:2], ANSWERS[:2])
    assert tuple(inputs["story"].shape) == (2, 2, 8)


def test_supports_of_a_dynamic_memory_network():
    texts = ["Bo left."], ["Who left?"], ["bo"]
    model = zoo.DynamicMemoryNetwork.from_texts(
        *texts, dim=4, passes=2, variant="dmn", supports=True
    )
    _, targets = examples = model.examples(*texts, [[1]])
    np.testing.assert_array_equal(targets["supports"], [[1, 0]])
    assert np.isfinite(fit(model, *examples))


def test_documents():
    texts = ["Good, good film.", "A bad film."], ["fine", "awful"]
    model = zoo.HierarchicalAttention.from_texts(
        *texts, sentences=2, words=4, vocabulary_size=3, embedding_dim=4, units=2
    )
    assert model.arguments["vocabulary"][:2] == ["good", "film"]
    assert len(model.arguments["vocabulary"]) == 3
    assert model.arguments["labels"] == ["awful", "fine"]
    _, targets = examples = model.examples(*texts)
    np.testing.assert_array_equal(targets, [1, 0])
    assert np.isfinite(fit(model, *examples))


def test_sentences_with_tags():
    sentences, tags = ["To Oslo", ["to", "Rome"]], [["O", "B-to"], ["O", "B-to"]]
    model = zoo.SequenceTagger.from_texts(
        sentences[:1], tags[:1], ["go"], units=2, embedding_dim=4
    )
    assert model.arguments["vocabulary"] == ["to", "oslo"]
    assert model.arguments["tags"] == ["B-to", "O"]
    assert model.arguments["intents"] == ["go"]
    assert model.arguments["singletons"] == 2
    assert np.isfinite(fit(model, *model.examples(sentences[:1], tags[:1], ["go"])))


def test_pairs():
    texts = Column(["cab", "ba"]), Column(["z", "yx"])
    model = zoo.EncoderDecoder.from_texts(*texts, units=2)
    assert model.arguments["source_characters"] == "abc"
    assert model.arguments["target_characters"] == "xyz"
    assert model.arguments["target_length"] == 2
    assert np.isfinite(fit(model, *model.examples(*texts)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: zoo.MemN2N.from_texts("Bo left.", ["Who?"], ["bo"]), "list of strings"),
        (lambda m: zoo.MemN2N.from_texts([3], ["Who?"], ["bo"]), "Received: 3"),
        (lambda m: m.examples(["Bo left."], ["Who?"], ["ana"]), "Received: 'ana'"),
        (lambda m: m.examples(["Bo left."], ["Who?"], ["bo"] * 2), "2 answers, 1 questions"),
        (lambda m: m.examples([], ["Who?"], ["bo"]), "Received"),
        (
            lambda m: zoo.EncoderDecoder("a", "b").examples(["a"], []),
            "0 targets, 1 sources",
        ),
    ],
)
def test_bad_texts(call, message):
    model = zoo.MemN2N(["bo", "left", "who"], dim=4)
    with pytest.raises(ValueError, match=message):
        call(model)


def test_as_many_facts_as_questions_and_no_more_than_there_may_be():
    model = zoo.SupportedMemoryNetwork(["bo", "left", "who"], dim=4, facts=1)
    for facts, message in (([], "facts of 1 questions. Received: 0"), ([[1, 2]], "up to 1")):
        with pytest.raises(ValueError, match=message):
            model.examples(["Bo left."], ["Who?"], ["bo"], facts)
