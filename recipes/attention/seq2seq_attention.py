"""Dates in many written forms to their ISO form, by an encoder-decoder with attention.

    source    t h e   t h i r d   o f   M a y ,   1 9 7 9
    target    1 9 7 9 - 0 5 - 0 3

The parts of a date come in another order, or in other words, than in the target: for each
character that it predicts, the decoder must attend to another part of the source. A question
mark ends what is not a date: the target of 31 February 2001 is 2001-02-31?, that of words ?.
"""

import datetime
import re
import string
from collections.abc import Mapping, Sequence
from typing import ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ..datasets import load
from ..datasets.written_dates import Builder, no_dates
from ..running.answers import columns
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Figures,
    Metrics,
    Split,
)
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from .character_translation import CharacterTranslation
from .seq2seq_attention_beyond import beyond

SOURCE_CHARACTERS = " ',-./:" + string.digits + string.ascii_letters
TARGET_CHARACTERS = "-0123456789" + no_dates.DOUBT
# The forms of date whose alignment is shown in figures.
ALIGNED = [
    re.compile(form)
    for form in (rb"the [a-z-]+ of [A-Z]", rb"[0-9]+\.[IVX]+\.", rb"[A-Z][a-z]+, [0-9]")
]


@recipe_dataclass
class Seq2SeqAttention(CharacterTranslation):
    """The network of [Bahdanau et al., 2014](https://arxiv.org/abs/1409.0473), made small.

    The task is ours: dates of held-out days, of which no form was seen in training.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("seq2seq_attention", units=32, source_length=40)
    >>> model = recipe.model()
    >>> model.arguments["units"]
    32
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(300, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="dates in an update")

    source_length: PositiveInt = Field(48, description="characters that training pads to")

    study: ClassVar = Study(
        data=f"written_dates {Builder.VERSION} (generated)",
        parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
        targets={"exact_match": ("≥", 0.99), "refused": ("≥", 0.99)},
        loss_label="cross-entropy in nats",
        beyond=beyond,
    )

    def examples(self, split: str) -> Arrays:
        return load(Builder, None, split)

    @property
    def characters(self) -> tuple[str, str]:
        return SOURCE_CHARACTERS, TARGET_CHARACTERS

    @property
    def target_length(self) -> int:
        return 12

    def to_batch(self, examples: Arrays) -> Batch:
        return self._text.ids(examples["written"], examples["iso"], self.source_length)

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
        written, log_probability = self.written(model, texts, beam_width)
        probability = np.exp(log_probability)
        return written, np.where(_is_refused(written), 1 - probability, probability)

    def figures(self, model: keras.Model) -> Figures:
        """What the decoder attends to in three dates of the test split."""
        written = self.examples("test")["written"]
        chosen = [next(filter(form.match, written)) for form in ALIGNED]
        return {
            f"alignment_{i + 1}": self.alignment(model, text) for i, text in enumerate(chosen)
        }

    def answer(self, model: keras.Model, date: str) -> Answer:
        """The ISO form of what the user typed, or none, and the probability of a date."""
        return self.answers(model, [{"date": date}])[0]

    def answers(
        self, model: keras.Model, questions: Sequence[Mapping[str, str]]
    ) -> list[Answer]:
        (dates,) = columns(("date",), questions)
        for date in dates:
            unknown = set(date) - set(SOURCE_CHARACTERS)
            if not date.strip() or unknown or len(date) > self.source_length:
                raise ValueError(
                    f"Expected a date, as in {self.questions['date']!r}, of up to "
                    f"{self.source_length} characters, each one of {SOURCE_CHARACTERS!r}. "
                    f"Received: {date!r}"
                )
        found = zip(*self.translate(model, dates, self.beam_width), strict=True)
        return [
            {
                "iso": iso.decode() if _is_day(iso.decode()) else None,
                "probability": round(float(probability), 6),
            }
            for iso, probability in found
        ]


def _is_refused(found):
    return np.char.endswith(found.astype(str), no_dates.DOUBT)


def _is_day(iso):
    try:
        return bool(datetime.date.fromisoformat(iso))
    except ValueError:
        return False
