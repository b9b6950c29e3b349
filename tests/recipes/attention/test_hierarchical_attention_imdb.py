"""On reviews of our own making; the real ones are the preset's."""

import re

import numpy as np
import pytest
import tensorflow as tf

from keras_memory import recipes
from keras_memory.recipes import datasets
from keras_memory.recipes.attention import hierarchical_attention_imdb
from keras_memory.recipes.running.loading import load_model

pytestmark = pytest.mark.long

PLAIN = "the a film plot cast was is it of and"


SMALL = {
    "epochs": 3,
    "steps_per_epoch": 30,
    "batch_size": 32,
    "learning_rate": 1e-2,
    "vocabulary_size": 12,
    "sentences": 3,
    "words": 12,
    "embedding_dim": 8,
    "units": 4,
    "dropout": 0.1,
    "jit_compile": False,
}


def review(label, random):
    words = random.choice(PLAIN.split(), size=random.integers(8, 16)).tolist()
    words[random.integers(len(words))] = ["awful", "great"][label]
    words[len(words) // 2] += "."
    return " ".join(words).encode()


def load(name, split):
    assert name == "imdb_reviews"
    random = np.random.default_rng(list(split.encode()))  # another for each split
    labels = random.integers(0, 2, 400)
    texts = [review(label, random) for label in labels]
    return {"text": np.array(texts, object), "label": labels}


@pytest.fixture
def reviews(monkeypatch):
    """Reviews whose one telling word is hidden among plain ones."""
    monkeypatch.setattr(hierarchical_attention_imdb, "load_public", load)


@pytest.fixture
def recipe():
    return recipes.get("hierarchical_attention_imdb", **SMALL)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run on those reviews; not to be changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hierarchical_attention_imdb, "load_public", load)
        recipe = recipes.get("hierarchical_attention_imdb", **SMALL)
        return recipe.fit(tmp_path_factory.mktemp("runs") / "reviews", verbose=0)


def test_it_finds_the_word_that_decides(run, tmp_path):
    recipe, model = run.recipe, run.model
    assert run.metrics["accuracy"] > 0.95
    review = "The plot was great. It is of a film"
    assert recipe.answer(model, review)["label"] == "positive"
    trace = model.trace(model.text.ids([review]))
    assert trace["word_weights"][0, 0].argmax() == 3

    recipe.export(model, tmp_path / "exported")
    serve = tf.saved_model.load(str(tmp_path / "exported")).signatures["serving_default"]
    predicted = serve(texts=tf.constant([review, "awful and awful"]))
    assert predicted["label"].numpy().tolist() == [b"positive", b"negative"]


@pytest.mark.usefixtures("reviews")
def test_fields_that_renumber_the_words_are_refused(run):
    with pytest.raises(ValueError, match="numbers of the words|shape"):
        load_model(run.folder, words=2)
    load_model(run.folder, dropout=0.0)


@pytest.mark.usefixtures("reviews")
def test_words_are_of_the_training_split(recipe):
    assert set(recipe.vocabulary) == {*PLAIN.split(), "awful", "great"}


@pytest.mark.usefixtures("reviews")
def test_a_review_without_words(recipe):
    model = recipe.model()
    for review in ("**", "Zork blip"):
        with pytest.raises(
            ValueError, match=f"Expected words that.* Received: '{re.escape(review)}'"
        ):
            recipe.answer(model, review)
    assert recipe.answer(model, "A zork film")["unknown"] == "zork"
    assert "unknown" not in recipe.answer(model, "A film")


def test_without_data_and_network(recipe, monkeypatch):
    """It says so at once, and where the data belong."""

    def no_network(*_):
        raise OSError("Name or service not known")

    monkeypatch.setattr(datasets.sources.socket, "getaddrinfo", no_network)
    monkeypatch.setattr(datasets.sources.urllib.request, "getproxies", dict)
    with pytest.raises(OSError, match="imdb_reviews in .* or a network .*--data-dir"):
        recipe.model()
