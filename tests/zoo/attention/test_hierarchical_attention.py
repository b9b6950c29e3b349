import keras
import numpy as np
import pytest

from keras_memory.zoo import HierarchicalAttention, figures

REVIEWS = ["Good film! Not bad.", "", "Bad. Bad? bad film, not good and never better"]


def make(**arguments):
    keras.utils.set_random_seed(2)
    sizes = {"sentences": 4, "words": 5, "embedding_dim": 3, "units": 2}
    return HierarchicalAttention(
        ["good", "bad", "film", "not"], ["no", "yes"], **{**sizes, **arguments}
    )


@pytest.fixture(scope="module")
def model():
    return make()


def test_every_word_and_sentence_has_its_weight(model):
    ids = np.asarray(model.text.ids(REVIEWS))
    trace = model.trace(ids)
    words, sentences = trace["word_weights"], trace["sentence_weights"]
    real = (ids != 0).any(axis=-1)
    np.testing.assert_allclose(words.sum(axis=-1), real, atol=1e-6)
    np.testing.assert_allclose(sentences.sum(axis=-1), [1, 0, 1], atol=1e-6)
    assert not words[ids == 0].any()
    assert not sentences[~real].any()


def test_padding_changes_nothing(model):
    """The same weights with room for more sentences and words."""
    larger = make(sentences=7, words=8)
    larger.set_weights(model.get_weights())
    short = REVIEWS[:2]
    np.testing.assert_allclose(
        larger(larger.text.ids(short)), model(model.text.ids(short)), atol=1e-6
    )


def test_it_says_a_label(model):
    predicted = model.classify(REVIEWS)
    logits = np.asarray(model(model.text.ids(REVIEWS)), "float64")
    powers = np.exp(logits)
    np.testing.assert_allclose(
        predicted["probability"], powers.max(axis=-1) / powers.sum(axis=-1), atol=1e-6
    )
    expected = [[b"no", b"yes"][i] for i in logits.argmax(axis=-1)]
    assert predicted["label"].numpy().tolist() == expected


def test_a_document_is_shaded():
    words = [["a", "good", "film"], ["really"]]
    figure = figures.document_attention(
        words, np.array([[0.1, 0.8, 0.1], [1, 0, 0]]), np.array([0.9, 0.1]), "positive"
    )
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.texts] == ["a", "good", "film", "really"]
    assert axis.get_title(loc="left") == "positive"
    # Two sentences and four words; darkest are the first sentence and its second word.
    shades = [sum(patch.get_facecolor()[:3]) for patch in axis.patches]
    assert len(shades) == 6
    assert np.argmin(shades[:2]) == 0
    assert np.argmin(shades[2:]) == 1


def test_an_empty_document_is_plotted():
    figure = figures.document_attention([[]], np.zeros((1, 3)), np.zeros(1))
    assert len(figure.axes[0].patches) == 1


def test_bad_arguments():
    with pytest.raises(ValueError, match="positive integer for words. Received: 0"):
        make(words=0)
    with pytest.raises(ValueError, match="list of strings for labels. Received: 'yes'"):
        HierarchicalAttention(["good"], "yes")


def test_what_it_knows_of_a_document(model):
    found = model.classify(["Good film, schöner Film!", "", "Zork"])
    assert found["known_words"].numpy().tolist() == [3, 0, 0]
    unknown = [text.decode() for text in found["unknown"].numpy()]
    assert unknown == ["schöner, !", "", "zork"]


def test_a_model_of_version_0_1_0_reads_as_it_did(model):
    config = model.get_config()
    assert HierarchicalAttention.from_config(config).text.letters == model.text.letters
    del config["letters"]
    old = HierarchicalAttention.from_config(config)
    assert old.text.ids(["café"]).numpy()[0, 0].tolist() == [1, 0, 0, 0, 0]
    assert old.text.words(["fiancée"]).to_list() == [[[b"fianc", b"e"]]]
    assert model.text.words(["fiancée"]).to_list() == [[["fiancée".encode()]]]
