"""Dynamic n-grams: a memory machine learns to count, and to predict by its counts.

Each sequence is of a random table of its own, which gives the probability of a one after each
of the 32 contexts of five bits. A machine that predicts well has to count, on the fly, which
bit came after which context. The best that can be done is known: `optimal_bits`.
"""

from typing import ClassVar

import keras
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ..datasets.dynamic_ngrams import Builder, optimal_bits
from ..datasets.episodes import EpisodeConfig, episode_config
from ..running.argument_types import Arrays, Metrics
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .dynamic_ngrams_study import STUDY
from .family import MachineRecipe, named

# Above the best, of sequences as long as the paper's: it is solved (there, about 1).
EXCESS_BITS = 1.5


@recipe_dataclass
class DynamicNGrams(MachineRecipe):
    """Section 4.4 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401).

    Defaults are the paper's machine with an LSTM controller. The rate is higher than the
    paper's 3e-5, and falls over the last epochs: batches are of 16 sequences, where the paper
    does not say.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("dynamic_ngrams", memory_slots=64, length=(200,))
    >>> recipe.model().output_shape  # a logit of the next bit, at every step
    (None, None, 1)
    """

    learning_rate: PositiveFloat = Field(3e-4, allow_inf_nan=False, description="of RMSProp")
    decay_epochs: NonNegativeInt = Field(
        10, description="last epochs, over which the learning rate falls to zero"
    )
    epochs: PositiveInt = Field(25, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(250, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="sequences in an update")
    train_examples: PositiveInt = Field(200_000, description="sequences to sample from")

    steps: PositiveInt = Field(200, description="bits of a training sequence")
    length: Integers = Field((200, 400, 800), min_length=1, description="bits in tests")
    lstm_units: PositiveInt = Field(128, description="units of each LSTM of the baseline")

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("length", "test_episodes")
    study: ClassVar = STUDY

    @property
    def solved_below(self) -> tuple[str, float]:
        best = optimal_bits(self.examples("validation")["targets"][..., 0]).mean()
        return "val_loss", float(best) + EXCESS_BITS

    @property
    def training(self) -> EpisodeConfig:
        return episode_config(1, self.train_examples, steps=self.steps)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        return {
            "" if n == self.steps else f"length_{n}": episode_config(1, steps=n)
            for n in self.length
        }

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """The cost in bits, and by how much it exceeds the best on the same sequences."""
        cost = named("cost_bits", name)
        metrics = super().errors(model, examples, name)
        best = float(optimal_bits(examples["targets"][..., 0]).mean())
        return {cost: metrics[cost], named("excess_bits", name): metrics[cost] - best}
