"""The base of recipes that tag the words of sentences."""

import abc
import collections
import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import SequenceTagger, figures
from ...zoo.recurrent.encoders import ENCODERS
from ...zoo.recurrent.sequence_tagger import FED_BACK
from ...zoo.text.plain_words import Words
from ..running.answers import columns, row_by_row
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
from ..running.batches import rows_of_part, size_of
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass

# What batches of sentences are cut to, in words: few lengths, as XLA compiles for each.
LENGTHS = (12, 24, 48)
UNKNOWN_TAG = -1  # one that is in no training sentence
# Of sentences, one after the other: the tags of their words, and whether each is known.
Tags = list[list[str]]
Known = list[list[bool]]


@recipe_dataclass
class TaggingRecipe(Recipe):
    """Tagged sentences, and a `zoo.SequenceTagger` that is trained on them.

    A subclass has the sentences (`texts`) and what is measured (`measured`).
    """

    epochs: PositiveInt = Field(30, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(140, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="sentences in an update")
    learning_rate: PositiveFloat = Field(
        2e-3, allow_inf_nan=False, description="of Adam, at first; it falls to 0"
    )

    encoder: Literal[*sorted([*ENCODERS, *FED_BACK])] = Field(
        "bidirectional", description="what reads the words"
    )
    units: PositiveInt = Field(128, description="of the encoder, in each direction")
    depth: PositiveInt = Field(1, description="layers of the encoder")
    window: NonNegativeInt = Field(0, description="words on each side that are read, too")
    embedding_dim: PositiveInt = Field(100, description="width of a word's vector")
    least_count: PositiveInt = Field(
        1, description="how often a word occurs in training that has such a vector"
    )
    letters: NonNegativeInt = Field(12, le=64, description="read of a word; 0: none")
    letter_dim: PositiveInt = Field(64, description="width of a word's vector by letters")
    letter_encoding: Literal["convolution", "ngrams"] = Field(
        "convolution", description="what makes the vector by letters"
    )
    crf: bool = Field(True, description="whether the tags are scored as a whole")
    dropout: float = Field(0.5, ge=0, lt=1, description="fraction dropped in training")

    monitor: ClassVar = "val_tags_error"
    layouts: ClassVar = SequenceTagger.layouts
    evaluation_batch_size: ClassVar = 100
    cased: ClassVar = False
    has_intents: ClassVar = True

    @abc.abstractmethod
    def texts(self, split: str) -> Arrays:
        """Arrays of strings `words`, `tags` and `intent`, a sentence each."""

    @abc.abstractmethod
    def measured(self, true: Tags, predicted: Tags, is_known: Known) -> Metrics:
        """The metrics of predicted tags."""

    @functools.cached_property
    def _sentences(self):
        return {}

    def sentences(self, split: str) -> dict[str, list]:
        """Lists by name: `words` and `tags`, lists of strings, and `intent`, strings."""
        if split not in self._sentences:
            found = self.texts(split)
            self._sentences[split] = {
                "words": [text.decode().split(" ") for text in found["words"]],
                "tags": [text.decode().split(" ") for text in found["tags"]],
                "intent": [text.decode() for text in found["intent"]],
            }
        return self._sentences[split]

    @functools.cached_property
    def _counts(self):
        words = (
            self._as_read(word) for row in self.sentences("train")["words"] for word in row
        )
        return collections.Counter(words).most_common()

    def _as_read(self, word):
        return word if self.cased else word.lower()

    @functools.cached_property
    def vocabulary(self) -> list[str]:
        """The words of the training sentences, the most frequent first."""
        own = [word for word, count in self._counts if count >= self.least_count]
        return self.with_pretrained("vocabulary", own)

    @functools.cached_property
    def singletons(self) -> int:
        """How many words, the last of the vocabulary, occur once in them."""
        once = {word for word, count in self._counts if count == 1}
        return len([*itertools.takewhile(once.__contains__, reversed(self.vocabulary))])

    @functools.cached_property
    def tags(self) -> list[str]:
        """The tags of the training sentences, sorted."""
        tags = sorted({tag for row in self.sentences("train")["tags"] for tag in row})
        return self.with_pretrained("tags", tags)

    @functools.cached_property
    def intents(self) -> list[str]:
        """What training sentences are about, sorted; none if all are about the same."""
        found = sorted(set(self.sentences("train")["intent"]))
        own = found if self.has_intents and len(found) > 1 else []
        return self.with_pretrained("intents", own)

    @functools.cached_property
    def _forms(self):
        """Each word of all splits once: its number and its letters, by its row."""
        forms = dict.fromkeys(
            word
            for split in ("train", "validation", "test")
            for row in self.sentences(split)["words"]
            for word in row
        )
        ids = Words(self.vocabulary, self.letters, self.cased).ids([[form] for form in forms])
        rows = {form: row for row, form in enumerate(forms, start=1)}
        # Row 0 is padding.
        return rows, {
            k: np.pad(v[:, 0], [[1, 0], *[[0, 0]] * (v.ndim - 2)]) for k, v in ids.items()
        }

    @functools.cached_property
    def _examples(self):
        return {}

    def examples(self, split: str) -> Arrays:
        """Sentences as rows of `_forms`; those that are not for training by their length."""
        if split not in self._examples:
            rows, _ = self._forms
            found = self.sentences(split)
            order = range(len(found["words"]))
            if split != "train":
                order = sorted(order, key=lambda i: len(found["words"][i]))
            longest = max(map(len, found["words"]))
            examples = {
                "form": np.zeros((len(order), longest), "int32"),
                "tag": np.full((len(order), longest), UNKNOWN_TAG, "int16"),
                "intent": np.full(len(order), UNKNOWN_TAG, "int16"),
                "length": np.array([len(found["words"][i]) for i in order], "int32"),
                "number": np.array(order, "int32"),
            }
            tags = {tag: number for number, tag in enumerate(self.tags)}
            intents = {intent: number for number, intent in enumerate(self.intents)}
            for row, i in enumerate(order):
                words = found["words"][i]
                examples["form"][row, : len(words)] = [rows[word] for word in words]
                examples["tag"][row, : len(words)] = [
                    tags.get(tag, UNKNOWN_TAG) for tag in found["tags"][i]
                ]
                examples["intent"][row] = intents.get(found["intent"][i], UNKNOWN_TAG)
            self._examples[split] = examples
        return self._examples[split]

    def lengths(self, examples: Arrays) -> np.ndarray:
        return examples["length"]

    def to_batch(self, examples: Arrays) -> Batch:
        """A batch, without the words that are padding in all of its sentences."""
        form = examples["form"]
        longest = tf.reduce_max(examples["length"])
        shorter = (length for length in LENGTHS if length < form.shape[1])
        widths = tf.constant([*shorter, form.shape[1]], tf.int32)
        width = tf.reduce_min(tf.boolean_mask(widths, widths >= longest))
        form = tf.cast(form[:, :width], tf.int32)
        tag = tf.cast(examples["tag"][:, :width], tf.int32)
        _, table = self._forms
        inputs = {name: tf.gather(tf.constant(rows), form) for name, rows in table.items()}
        targets = {"tags": tf.maximum(tag, 0)}
        weights = {"tags": tf.cast(tag >= 0, tf.float32)}
        if self.crf or self.encoder in FED_BACK:
            inputs["tags"] = targets["tags"]
        if self.intents:
            intent = tf.cast(examples["intent"], tf.int32)
            targets["intent"] = tf.maximum(intent, 0)
            weights["intent"] = tf.cast(intent >= 0, tf.float32)
        return inputs, targets, weights

    def model(self) -> keras.Model:
        model = SequenceTagger(
            self.vocabulary,
            self.tags,
            self.intents,
            encoder=self.encoder,
            units=self.units,
            depth=self.depth,
            window=self.window,
            embedding_dim=self.embedding_dim,
            letters=self.letters,
            letter_dim=self.letter_dim,
            letter_encoding=self.letter_encoding,
            crf=self.crf,
            dropout=self.dropout,
            singletons=self.singletons,
            cased=self.cased,
            seed=self.seed,
        )
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile_tagger(
            keras.optimizers.Adam(rate, global_clipnorm=1.0), jit_compile=self.jit_compile
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """What is measured of the predicted tags, in percent."""
        found = self.sentences(split)
        predicted = self.predicted(model, split)
        is_known = self.is_known(found["words"])
        metrics = self.measured(found["tags"], predicted["tags"], is_known)
        if self.intents:
            right = np.equal(predicted["intent"], found["intent"])
            whole = np.array(
                [a == b for a, b in zip(predicted["tags"], found["tags"], strict=True)]
            )
            metrics["intent_accuracy"] = 100.0 * float(right.mean())
            metrics["sentence_accuracy"] = 100.0 * float((right & whole).mean())
        return metrics

    def is_known(self, sentences: list[list[str]]) -> Known:
        """Of each word, whether it is in the training sentences."""
        found = {word for word, _ in self._counts}
        return [[self._as_read(word) in found for word in row] for row in sentences]

    def predicted(self, model: keras.Model, split: Split) -> dict[str, list]:
        """Predicted tags and intents of the sentences of a split, in their order: strings."""
        examples = self._source(split)
        size = size_of(examples)
        tags, intents = [[]] * size, [""] * size
        for start in range(0, size, self.evaluation_batch_size):
            batch = rows_of_part(examples, slice(start, start + self.evaluation_batch_size))
            found = model.predict_tags(self.to_batch(batch)[0])
            for row, (number, length) in enumerate(
                zip(batch["number"], batch["length"], strict=True)
            ):
                tags[number] = [self.tags[tag] for tag in found["tags"][row, :length]]
                if self.intents:
                    intents[number] = self.intents[found["intent"][row]]
        return {"tags": tags, "intent": intents}

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 5e-4, 5e-3, sampling="log"),
            "dropout": hp.Float("dropout", 0.2, 0.6),
            "units": hp.Choice("units", [64, 128, 200]),
            "embedding_dim": hp.Choice("embedding_dim", [50, 100, 200]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """Of the sentence that the registry has, its tags' probabilities, and the gates."""
        (sentence,) = self.questions.values()
        inputs = model.sentence_inputs([sentence])
        answer = model.tag([sentence])
        words = [word.decode() for word in np.asarray(answer["words"])[0]]
        trace = {name: array[:, : len(words)] for name, array in model.trace(inputs).items()}
        tags = figures.tag_probabilities(words, self.tags, trace["probabilities"][0])
        if self.encoder not in ("lstm", "gru"):
            return {"tags": tags}
        return {"tags": tags, "gates": figures.gates(trace, 0, words)}

    def answer(self, model: keras.Model, sentence: str) -> Answer:
        """The words of what the user typed with their tags, and what it is about."""
        return self.answers(model, [{"sentence": sentence}])[0]

    def answers(
        self, model: keras.Model, questions: Sequence[Mapping[str, str]]
    ) -> list[Answer]:
        (sentences,) = columns(("sentence",), questions)
        rows = row_by_row(model.tag(sentences))
        return [self._reported(*pair) for pair in zip(sentences, rows, strict=True)]

    def _reported(self, sentence, found):
        words, tags = (
            [text.decode() for text in found[name][0] if text] for name in ("words", "tags")
        )
        if not words:
            raise ValueError(
                f"Expected a sentence, as {self.questions['sentence']!r}. "
                f"Received: {sentence!r}"
            )
        unknown = found["unknown"][0].decode()
        answer = {
            "tags": " ".join(f"{w}/{t}" for w, t in zip(words, tags, strict=True)),
            "lowest_probability": round(
                float(found["probability"][0, : len(words)].min()), 6
            ),
            **({"unknown": unknown} if unknown else {}),
        }
        if "intent" in found:
            answer["intent"] = found["intent"][0].decode()
        return answer
