"""Repeat copy: a memory machine copies a sequence as often as a number says, and ends.

The machine sees a sequence of vectors, a delimiter and a number, and must write the sequence
that often, and then a mark of the end. Trained on 1 to 10 vectors and 1 to 10 repeats, it is
tested on two and four times as many of either.

    step     0   1   2   3   4   5   6   7   8      2 vectors a, b, 2 repeats
    input    a   b   |   2   .   .   .   .   .
    target   .   .   .   .   a   b   a   b   end
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ..datasets.episodes import EpisodeConfig, episode_config
from ..datasets.repeat_copy import Builder
from ..running.argument_types import Answer, Arrays, Metrics
from ..running.recipe import recipe_dataclass
from .family import MachineRecipe, named
from .repeat_copy_study import STUDY
from .typed_bits import as_text, parse_bits, whole_number


@recipe_dataclass
class RepeatCopy(MachineRecipe):
    """Section 4.2 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401).

    Defaults are the paper's machine with an LSTM controller. Batches of 4, where the paper
    does not say, and 60,000 episodes in all.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("repeat_copy", machine="dnc", max_repeats=5)
    >>> type(recipe.model()).__name__  # another machine in the place of the paper's
    'DNC'
    """

    epochs: PositiveInt = Field(30, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(500, description="updates in an epoch")
    train_examples: PositiveInt = Field(60_000, description="episodes to sample from")

    bits: PositiveInt = Field(8, description="width of a vector")
    max_length: PositiveInt = Field(10, description="most vectors in training")
    max_repeats: PositiveInt = Field(10, description="most repeats in training")
    # The paper's number is a scalar, of which a network knows those that it was trained on.
    counting: Literal["scalar", "pulses"] = Field(
        "scalar", description="the number of repeats as one number, or as so many steps"
    )
    lstm_units: PositiveInt = Field(512, description="units of each LSTM of the baseline")

    builder: ClassVar = Builder
    study: ClassVar = STUDY

    @property
    def slots_needed(self) -> int:
        return 4 * self.max_length

    @property
    def training(self) -> EpisodeConfig:
        sizes = {"length": (1, self.max_length), "repeats": (1, self.max_repeats)}
        return self._config(self.train_examples, **sizes)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        length, repeats = (1, self.max_length), (1, self.max_repeats)
        tests = {"": self._config(length=length, repeats=repeats)}
        for factor in (2, 4):
            longer, more = factor * self.max_length, factor * self.max_repeats
            tests |= {
                f"length_{longer}": self._config(length=longer, repeats=repeats),
                f"repeats_{more}": self._config(length=length, repeats=more),
            }
        return tests

    def _config(self, train_examples=0, **sizes):
        pulses = int(self.counting == "pulses")
        return episode_config(self.bits, train_examples, **sizes, pulses=pulses)

    def answer(self, model: keras.Model, bits: str, repeats: str) -> Answer:
        """Have the machine copy what the user typed, as often as typed."""
        vectors = parse_bits(bits, self.bits, self.questions["bits"])
        count = whole_number("repeats", repeats, 1, 100)
        found = self.answered(model, vectors, count, int(self.counting == "pulses"))
        ends = np.flatnonzero(found[:, self.bits] > 0.5)
        copies = found[:-1, : self.bits]
        wrong = (copies > 0.5) != np.tile(vectors, (count, 1))
        return {
            "copies": as_text(copies),
            "wrong_bits": int(wrong.sum()),
            "ends_after": ",".join(map(str, ends)) or "never",
        }

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """As of the others, but bits of vectors apart from the marks of the end."""
        wrong = self.wrong(self.logits(model, examples), examples).sum(axis=1)
        return {
            named("wrong_bits", name): float(wrong[:, : self.bits].sum(axis=1).mean()),
            named("wrong_ends", name): float(wrong[:, self.bits].mean()),
        }
