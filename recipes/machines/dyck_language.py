"""Dyck language: a controller with a stack predicts which bracket closes next.

Words are of nested brackets of several kinds. Where a bracket closes next, the network must
predict its kind: that of the last one that is open, however long ago that was. Trained on
words nested up to six deep, it is tested on words ten times as deep.

    step     0  1  2  3  4  5         of two kinds
    input    (  [  ]  (  )  )
    predict  .  ]  .  )  )  .
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...layers import StructuredMemoryCell
from ...zoo import MemoryMachine, figures
from ...zoo.machines.controllers import CONTROLLERS, controller_of
from ...zoo.machines.memory_transducer import STRUCTURES
from ..datasets import builder_of
from ..datasets.dyck_words import Builder
from ..datasets.episodes import EpisodeConfig, episode_config
from ..running.argument_types import Answer, Arrays, Fields, Figures, HyperParameters, Metrics
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .dyck_language_study import STUDY
from .family import MachineRecipe, named

OPENING, CLOSING = "([{<abcdefgh", ")]}>ABCDEFGH"


@recipe_dataclass
class DyckLanguage(MachineRecipe):
    """After [Bernardy, 2018](https://doi.org/10.33011/lilt.v16i.1417), with a stack.

    The machine is a controller with a `NeuralStack`; any other memory machine may take its
    place. Sizes and optimiser are ours.

    Example:

    >>> from keras_memory import recipes
    >>> from keras_memory.recipes.running.loading import load_model
    >>> recipe, model = load_model("dyck_language")
    >>> recipe.answer(model, brackets="([{}")
    {'closes': ']', 'right': True}
    """

    epochs: PositiveInt = Field(60, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="words in an update")
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of RMSProp")
    decay_epochs: NonNegativeInt = Field(
        20, description="last epochs, over which the learning rate falls to zero"
    )
    train_examples: PositiveInt = Field(50_000, description="words to sample from")

    kinds: int = Field(5, gt=1, le=len(OPENING), description="kinds of brackets")
    max_depth: int = Field(6, gt=0, le=1000, description="deepest word in training")
    depth: Integers = Field((6, 12, 30, 60), min_length=1, description="of words in tests")

    machine: Literal[*STRUCTURES, "ntm", "dnc", "sam", "lstm"] = Field(
        "stack", description="the machine, or the baseline"
    )
    # An LSTM learns the depths of training without the stack, and no others.
    controller: Literal[*CONTROLLERS] = Field(
        "feedforward", description="the machine's controller"
    )
    controller_units: PositiveInt = Field(32, description="units of the controller")
    memory_width: PositiveInt = Field(16, description="width of a value, or of a slot")
    lstm_units: PositiveInt = Field(64, description="units of each LSTM of the baseline")

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("depth", "test_episodes")
    study: ClassVar = STUDY

    @property
    def training(self) -> EpisodeConfig:
        return episode_config(self.kinds, self.train_examples, depth=(1, self.max_depth))

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        return {f"depth_{n}": episode_config(self.kinds, depth=n) for n in self.depth}

    def _build(self):
        if self.machine not in STRUCTURES:
            return super()._build()
        cell = StructuredMemoryCell(
            controller_of(self.controller, self.controller_units),
            STRUCTURES[self.machine](self.memory_width),
        )
        return MemoryMachine(cell, *self._sizes)

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """The fraction of the closing brackets whose kind is right."""
        right = self.right(model, examples)
        counts = np.asarray(examples["counts"]) > 0
        return {named("accuracy", name): float(right[counts].mean())}

    def right(self, model: keras.Model, examples: Arrays) -> np.ndarray:
        """At which steps the likeliest kind is the target, `(words, steps)`."""
        likeliest = self.logits(model, examples).argmax(axis=-1)
        return likeliest == np.asarray(examples["targets"]).argmax(axis=-1)

    def figures(self, model: keras.Model) -> Figures:
        """The strengths of what is stored, over time, in the longest word of validation."""
        if self.machine not in STRUCTURES:
            return super().figures(model)
        examples = self.examples("validation")
        longest = int(examples["inputs"].sum(axis=(1, 2)).argmax())
        steps = int(examples["inputs"][longest].sum())
        trace = model.trace(examples["inputs"][longest : longest + 1, :steps])
        return {"strengths": figures.strengths(trace)}

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log"),
            "controller_units": hp.Choice("controller_units", [8, 16, 32, 64]),
            "memory_width": hp.Choice("memory_width", [4, 8, 16, 32]),
        }

    def answer(self, model: keras.Model, brackets: str) -> Answer:
        """Which bracket closes next, after those that the user typed."""
        opens, kinds, last = self._parse(brackets)
        inputs, *_ = builder_of(self.builder, self.training).layout(opens, kinds)
        likeliest = keras.ops.convert_to_numpy(model(inputs[None]))[0, -1].argmax()
        return {"closes": CLOSING[likeliest], "right": bool(likeliest == last)}

    def _parse(self, text):
        opening, closing, stack = OPENING[: self.kinds], CLOSING[: self.kinds], []
        for bracket in text:
            if bracket in opening:
                stack.append(opening.index(bracket))
            elif not stack or bracket != closing[stack.pop()]:
                stack = []
                break
        if not stack:
            raise ValueError(
                f"Expected brackets, of {opening} and {closing}, of which some are open, as "
                f"in {self.questions['brackets']!r}. Received: {text!r}"
            )
        opens = np.array([bracket in opening for bracket in text])
        kinds = [opening.index(bracket) for bracket in text if bracket in opening]
        return opens, kinds, stack[-1]
