"""Dates in many written forms to their ISO form, by an encoder-decoder with attention.

    source    t h e   t h i r d   o f   M a y ,   1 9 7 9
    target    1 9 7 9 - 0 5 - 0 3

The parts of a date come in another order, or in other words, than in the target: for each
character that it predicts, the decoder must attend to another part of the source. A question
mark ends what is not a date: the target of 31 February 2001 is 2001-02-31?, that of words ?.
"""

import datetime
import functools
import re
import string
from typing import ClassVar

import keras
import numpy as np
from keras import ops
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import EncoderDecoder, figures
from ...zoo.text import CharacterPairs
from ..datasets import load
from ..datasets.written_dates import Builder, no_dates
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
from .seq2seq_attention_beyond import beyond

SOURCE_CHARACTERS = " ',-./:" + string.digits + string.ascii_letters
TARGET_CHARACTERS = "-0123456789" + no_dates.DOUBT
BATCH = 500
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

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(300, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="dates in an update")
    learning_rate: PositiveFloat = Field(
        2e-3, allow_inf_nan=False, description="of Adam, at first; it falls to zero"
    )

    embedding_dim: PositiveInt = Field(32, description="width of a character's vector")
    units: PositiveInt = Field(64, description="of the decoder and each encoder")
    source_length: PositiveInt = Field(48, description="characters that training pads to")
    beam_width: PositiveInt = Field(5, description="of the beam search in evaluation")

    study: ClassVar = Study(
        data=f"written_dates {Builder.VERSION} (generated)",
        parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
        targets={"exact_match": ("≥", 0.99), "refused": ("≥", 0.99)},
        loss_label="cross-entropy in nats",
        beyond=beyond,
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
            target_length=12,
            embedding_dim=self.embedding_dim,
            units=self.units,
        )
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=1.0),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of dates without a wrong character, by greedy and by beam search.

        Beside it, the fraction of texts that are not dates of which it says so.
        """
        examples = self.examples(split)
        is_date = ~_is_refused(examples["iso"])
        metrics = {}
        for suffix, width in (("", 1), (f"_beam_{self.beam_width}", self.beam_width)):
            found, _ = self.translate(model, examples["written"], width)
            exact = found[is_date] == examples["iso"][is_date]
            metrics[f"exact_match{suffix}"] = float(exact.mean())
            metrics[f"refused{suffix}"] = float(_is_refused(found[~is_date]).mean())
        return metrics

    def translate(
        self, model: keras.Model, texts: np.ndarray, beam_width: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """What the model writes, and the probability of each text as a date.

        That of what ends in `?` is the rest to 1: that the text is a date after all.
        """
        batches = [
            model.translate(texts[start : start + BATCH], beam_width)
            for start in range(0, len(texts), BATCH)
        ]
        written, log_probability = (
            np.concatenate([ops.convert_to_numpy(batch[name]) for batch in batches])
            for name in ("text", "log_probability")
        )
        probability = np.exp(log_probability)
        return written, np.where(_is_refused(written), 1 - probability, probability)

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
        """The ISO form of what the user typed, or none, and the probability of a date."""
        unknown = set(date) - set(SOURCE_CHARACTERS)
        if not date.strip() or unknown or len(date) > self.source_length:
            raise ValueError(
                f"Expected a date, as in {self.questions['date']!r}, of up to "
                f"{self.source_length} characters, each one of {SOURCE_CHARACTERS!r}. "
                f"Received: {date!r}"
            )
        (iso,), (probability,) = self.translate(model, [date], self.beam_width)
        return {
            "iso": iso.decode() if _is_day(iso.decode()) else None,
            "probability": round(float(probability), 6),
        }


def _is_refused(found):
    return np.char.endswith(found.astype(str), no_dates.DOUBT)


def _is_day(iso):
    try:
        return bool(datetime.date.fromisoformat(iso))
    except ValueError:
        return False


def _alignment(model, text):
    """The attention map of a text and of its translation."""
    translation = np.asarray(model.translate([text])["text"])[0]
    inputs, _ = model.text.ids([text], [translation])
    weights = model.trace(inputs)["weights"][0, :-1]  # without the step that predicts END
    return figures.attention_map(weights, list(text.decode()), list(translation.decode()))
