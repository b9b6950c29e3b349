"""Dates in many written forms to their ISO form, by an encoder-decoder with attention.

    source    t h e   t h i r d   o f   M a y ,   1 9 7 9
    target    1 9 7 9 - 0 5 - 0 3

The parts of a date come in another order, or in other words, than in the target: for each
character that it predicts, the decoder must attend to another part of the source.
"""

import functools
import re
from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import EncoderDecoder, figures
from ...zoo.text.characters import CharacterPairs
from ..datasets import load
from ..datasets.written_dates import Builder
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
from ..running.recipe import Recipe, recipe_dataclass
from ..running.study import Study

SOURCE_CHARACTERS = " ',-./0123456789ABCDEFGHIJLMNOPRSTUVWXYabcdefghijlmnoprstuvwxy"
TARGET_CHARACTERS = "-0123456789"
# The forms of date whose alignment is shown in figures.
ALIGNED = [
    re.compile(form)
    for form in (rb"the [a-z-]+ of [A-Z]", rb"[0-9]+\.[IVX]+\.", rb"[A-Z][a-z]+, [0-9]")
]


@recipe_dataclass
class Seq2SeqAttention(Recipe):
    """The network of [Bahdanau et al., 2014](https://arxiv.org/abs/1409.0473), made small.

    The task is ours: dates of held-out days, of which no form was seen in training.
    """

    epochs: PositiveInt = Field(12, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(300, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="dates in an update")
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of Adam")

    embedding_dim: PositiveInt = Field(32, description="width of a character's vector")
    units: PositiveInt = Field(64, description="of the decoder and each encoder")
    source_length: PositiveInt = Field(40, description="characters that training pads to")
    beam_width: PositiveInt = Field(5, description="of the beam search in evaluation")

    study: ClassVar = Study(
        data=f"written_dates {Builder.VERSION} (generated)",
        parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
        targets={"exact_match": ("≥", 0.99)},
        loss_label="cross-entropy in nats",
    )

    def examples(self, split: str) -> Arrays:
        return load(Builder, None, split)

    @functools.cached_property
    def _text(self):
        with tf.init_scope():  # not in the graph of the batches that first needs it
            return CharacterPairs(SOURCE_CHARACTERS, TARGET_CHARACTERS)

    def to_batch(self, examples: Arrays) -> Batch:
        return self._text.ids(examples["written"], examples["iso"], self.source_length)

    def model(self) -> keras.Model:
        model = EncoderDecoder(
            SOURCE_CHARACTERS,
            TARGET_CHARACTERS,
            target_length=11,
            embedding_dim=self.embedding_dim,
            units=self.units,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=1.0),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of dates without a wrong character, by greedy and by beam search."""
        examples = self.examples(split)
        metrics = {}
        for name, width in (
            ("exact_match", 1),
            (f"exact_match_beam_{self.beam_width}", self.beam_width),
        ):
            is_right = [
                model.translate(written, width)["text"].numpy() == iso
                for written, iso in _batches(examples["written"], examples["iso"])
            ]
            metrics[name] = float(np.concatenate(is_right).mean())
        return metrics

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log"),
            "embedding_dim": hp.Choice("embedding_dim", [16, 32, 64]),
            "units": hp.Choice("units", [32, 64, 128]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """What the decoder attends to in three dates of the test split."""
        written = self.examples("test")["written"]
        chosen = [next(filter(form.match, written)) for form in ALIGNED]
        return {
            f"alignment_{i + 1}": _alignment(model, text) for i, text in enumerate(chosen)
        }

    def answer(self, model: keras.Model, date: str) -> Answer:
        """The ISO form of what the user typed, with its probability."""
        unknown = set(date) - set(SOURCE_CHARACTERS)
        if not date.strip() or unknown or len(date) > self.source_length:
            raise ValueError(
                f"Expected a date, as in {self.questions['date']!r}, of up to "
                f"{self.source_length} characters, each one of {SOURCE_CHARACTERS!r}. "
                f"Received: {date!r}"
            )
        prediction = model.translate([date], self.beam_width)
        return {
            "iso": prediction["text"].numpy()[0].decode(),
            "probability": round(float(np.exp(prediction["log_probability"][0])), 6),
        }


def _batches(*arrays, size=500):
    for start in range(0, len(arrays[0]), size):
        yield [array[start : start + size] for array in arrays]


def _alignment(model, text):
    """The attention map of a text and of its translation."""
    translation = model.translate([text])["text"].numpy()[0]
    inputs, _ = model.text.ids([text], [translation])
    weights = model.trace(inputs)["weights"][0, :-1]  # without the step that predicts END
    return figures.attention_map(weights, list(text.decode()), list(translation.decode()))
