"""Sentiment of film reviews: attention over the words and the sentences of each.

words  →  BiGRU  →  Σ α_t h_t  =  a sentence      sentences  →  BiGRU  →  Σ α_i h_i  →  label
"""

import collections
import functools
from typing import ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import HierarchicalAttention, figures
from ...zoo.text import ASCII_LETTERS, Sentences
from ..datasets import load_public
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from ..running.study import Study
from .hierarchical_attention_imdb_beyond import beyond

LABELS = ("negative", "positive")
LETTERS = ASCII_LETTERS  # as the preset's vocabulary was made of its reviews, in English
# The last tenth of the training reviews is for validation.
SPLITS = {"train": "train[:90%]", "validation": "train[90%:]", "test": "test"}


@recipe_dataclass
class HierarchicalAttentionIMDB(Recipe):
    """The network of [Yang et al., 2016](https://aclanthology.org/N16-1174).

    On the 50,000 reviews of [Maas et al., 2011](https://aclanthology.org/P11-1015), which
    are not the paper's: it has 348,415 reviews with ratings from 1 to 10. Word vectors are
    learned with the rest, not beforehand; dropout and Adam are ours.
    """

    epochs: PositiveInt = Field(8, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(176, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="reviews in an update")
    learning_rate: PositiveFloat = Field(5e-4, allow_inf_nan=False, description="of Adam")

    vocabulary_size: PositiveInt = Field(20_000, description="most frequent words it knows")
    sentences: PositiveInt = Field(36, description="last sentences of a review that are read")
    words: PositiveInt = Field(28, description="words of a sentence")
    embedding_dim: PositiveInt = Field(64, description="width of a word's vector")
    units: PositiveInt = Field(50, description="of each direction of both encoders")
    dropout: float = Field(0.6, ge=0, lt=1, description="fraction dropped in training")

    layouts: ClassVar = HierarchicalAttention.layouts
    study: ClassVar = Study(
        data="imdb_reviews/plain_text 1.0.0",
        parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
        targets={"accuracy": ("≥", 0.88)},
        loss_label="cross-entropy in nats",
        beyond=beyond,
    )

    def examples(self, split: str) -> Arrays:
        return load_public("imdb_reviews", SPLITS[split])

    @functools.cached_property
    def vocabulary(self) -> list[str]:
        """The most frequent words of the training split, the most frequent first."""
        from ...zoo.text.sentences import sentences_of_words

        texts = self.examples("train")["text"]
        words = sentences_of_words(texts, self.sentences, self.words, LETTERS).flat_values
        frequent = collections.Counter(words.numpy()).most_common(self.vocabulary_size)
        return self.with_pretrained("vocabulary", [word.decode() for word, _ in frequent])

    @functools.cached_property
    def _text(self):
        with tf.init_scope():  # not in the graph of the batches that first needs it
            return Sentences(self.vocabulary, self.sentences, self.words, LETTERS)

    def to_batch(self, examples: Arrays) -> Batch:
        return self._text.ids(examples["text"]), examples["label"]

    def model(self) -> keras.Model:
        model = HierarchicalAttention(
            self.vocabulary,
            LABELS,
            sentences=self.sentences,
            words=self.words,
            embedding_dim=self.embedding_dim,
            units=self.units,
            dropout=self.dropout,
            letters=LETTERS,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=1.0),
            loss=model.loss,
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of reviews whose label is predicted."""
        examples = self.examples(split)
        ids, labels = model.text.ids(examples["text"]), examples["label"]
        loss, accuracy = model.evaluate(ids, labels, batch_size=250, verbose=0)
        return {"accuracy": accuracy, "cross_entropy": loss}

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-4, 3e-3, sampling="log"),
            "dropout": hp.Float("dropout", 0.2, 0.7),
            "embedding_dim": hp.Choice("embedding_dim", [32, 64, 128]),
            "units": hp.Choice("units", [25, 50, 100]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """A review of the test split, its sentences and words shaded."""
        examples = self.examples("test")
        lengths = np.array([len(text) for text in examples["text"]])
        review = examples["text"][np.abs(lengths - 800).argmin()]  # it fits a page
        answer = self.answer(model, review.decode())
        title = f"{answer['label']}, probability {answer['probability']:.3f}"
        words = model.text.words([review])[0]
        trace = model.trace(model.text.ids([review]))
        return {
            "review": figures.document_attention(
                [[word.decode() for word in sentence.numpy()] for sentence in words],
                trace["word_weights"][0],
                trace["sentence_weights"][0],
                title,
            )
        }

    def answer(self, model: keras.Model, review: str) -> Answer:
        """The label of what the user typed, its probability, and words that are unknown."""
        prediction = model.classify([review])
        if not np.asarray(prediction["known_words"])[0]:
            raise ValueError(
                f"Expected words that the model knows, as in {self.questions['review']!r}. "
                f"Received: {review!r}"
            )
        unknown = np.asarray(prediction["unknown"])[0].decode()
        return {
            "label": np.asarray(prediction["label"])[0].decode(),
            "probability": round(float(prediction["probability"][0]), 6),
            **({"unknown": unknown} if unknown else {}),
        }
