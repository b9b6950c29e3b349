"""The base of recipes that classify documents by attention over words and sentences.

words  →  BiGRU  →  Σ α_t h_t  =  a sentence      sentences  →  BiGRU  →  Σ α_i h_i  →  label
"""

import abc
import collections
import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import HierarchicalAttention, figures
from ...zoo.text import LETTERS, Sentences
from ..running.answers import columns, row_by_row
from ..running.argument_types import Answer, Arrays, Batch, Fields, HyperParameters
from ..running.batches import rows_of_part, size_of
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass

AT_ONCE = 10_000  # documents whose words are counted
FITS_A_PAGE = 800  # bytes
CONSIDERED = 100  # documents of about that length, for a figure
MOST_COUNTED = 1_000_000  # words; beyond twice as many, the rarest so far are forgotten


@recipe_dataclass
class DocumentRecipe(Recipe):
    r"""Documents, and a `zoo.HierarchicalAttention` that learns their labels.

    A subclass has examples of `text`, strings, and `label`, integers, and gives the labels'
    names.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> lines = [f"Lunch at {n}?,friends\nOrder {n} was sent.,shops\n" for n in range(20)]
    >>> size = Path("mails.csv").write_text("".join(lines))
    >>> recipe = recipes.get("documents_from_file", path="mails.csv", vocabulary_size=4)
    >>> recipe.vocabulary
    ['order', 'was', 'sent', 'lunch']
    """

    batch_size: PositiveInt = Field(64, description="documents in an update")
    learning_rate: PositiveFloat = Field(5e-4, allow_inf_nan=False, description="of Adam")

    vocabulary_size: PositiveInt = Field(20_000, description="most frequent words it knows")
    sentences: PositiveInt = Field(
        36, description="last sentences of a document that are read"
    )
    words: PositiveInt = Field(28, description="words of a sentence")
    embedding_dim: PositiveInt = Field(64, description="width of a word's vector")
    units: PositiveInt = Field(50, description="of each direction of both encoders")
    dropout: float = Field(0.6, ge=0, lt=1, description="fraction dropped in training")

    # What words are of, a class of RE2.
    letters: ClassVar[str] = LETTERS
    layouts: ClassVar = HierarchicalAttention.layouts

    @property
    @abc.abstractmethod
    def labels(self) -> Sequence[str]:
        """The names of the classes, by their numbers."""

    @functools.cached_property
    def _counted(self):
        """How often each word is in the training split, and its sentences and words."""
        from ...zoo.text.sentences import sentences_of_words

        documents, counts, longest = self._source("train"), collections.Counter(), (1, 1)
        for start in range(0, size_of(documents), AT_ONCE):
            part = rows_of_part(documents, slice(start, start + AT_ONCE))["text"]
            words = sentences_of_words(part, self.sentences, self.words, self.letters)
            counts.update(words.flat_values.numpy())
            if len(counts) > 2 * MOST_COUNTED:
                counts = collections.Counter(dict(counts.most_common(MOST_COUNTED)))
            longest = np.maximum(longest, words.bounding_shape()[1:])
        return counts, tuple(map(int, longest))

    @functools.cached_property
    def vocabulary(self) -> list[str]:
        """The most frequent words of the training split, the most frequent first."""
        frequent = self._counted[0].most_common(self.vocabulary_size)
        return self.with_pretrained("vocabulary", [word.decode() for word, _ in frequent])

    @property
    def size(self) -> tuple[int, int]:
        """Sentences of a document, and words of a sentence."""
        return self.sentences, self.words

    @functools.cached_property
    def _text(self):
        with tf.init_scope():  # not in the graph of the batches that first needs it
            return Sentences(self.vocabulary, *self.size, self.letters)

    def to_batch(self, examples: Arrays) -> Batch:
        return self._text.ids(examples["text"]), examples["label"]

    def model(self) -> keras.Model:
        model = HierarchicalAttention(
            self.vocabulary,
            self.labels,
            *self.size,
            embedding_dim=self.embedding_dim,
            units=self.units,
            dropout=self.dropout,
            letters=self.letters,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=1.0),
            loss=model.loss,
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
        )
        return model

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-4, 3e-3, sampling="log"),
            "dropout": hp.Float("dropout", 0.2, 0.7),
            "embedding_dim": hp.Choice("embedding_dim", [32, 64, 128]),
            "units": hp.Choice("units", [25, 50, 100]),
        }

    def picture(self, model: keras.Model) -> Any:
        """A document of the test split, its sentences and words shaded; or `None`, if the
        model knows no word of any.
        """
        texts = rows_of_part(self._source("test"), slice(AT_ONCE))["text"]
        lengths = np.array([len(text) for text in texts])
        nearest = np.abs(lengths - FITS_A_PAGE).argsort(kind="stable")[:CONSIDERED]
        known = np.asarray(model.text.known_words(model.text.ids(texts[nearest])))
        if not known.any():
            return None
        text = texts[nearest[(known > 0).argmax()]]
        (answer,) = self.classified(model, [text.decode()])
        words = model.text.words([text])[0]
        trace = model.trace(model.text.ids([text]))
        return figures.document_attention(
            [[word.decode() for word in sentence.numpy()] for sentence in words],
            trace["word_weights"][0],
            trace["sentence_weights"][0],
            f"{answer['label']}, probability {answer['probability']:.3f}",
        )

    def classified(self, model: keras.Model, texts: list[str]) -> list[Answer]:
        """The label of each text, its probability, and words that are unknown."""
        rows = row_by_row(model.classify(texts))
        return [self._reported(*pair) for pair in zip(texts, rows, strict=True)]

    def _reported(self, text, prediction):
        if not prediction["known_words"][0]:
            (example,) = self.questions.values()
            raise ValueError(
                f"Expected words that the model knows, as in {example!r}. Received: {text!r}"
            )
        unknown = prediction["unknown"][0].decode()
        return {
            "label": prediction["label"][0].decode(),
            "probability": round(float(prediction["probability"][0]), 6),
            **({"unknown": unknown} if unknown else {}),
        }

    def answers(
        self, model: keras.Model, questions: Sequence[Mapping[str, str]]
    ) -> list[Answer]:
        return self.classified(model, *columns(self.questions, questions))
