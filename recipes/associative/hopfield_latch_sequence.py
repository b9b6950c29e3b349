"""Latch sequences: a Hopfield network finds the first character among distractors."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import figures
from ..datasets import load
from ..datasets.latch_sequences import LABELS, Builder, latch_config
from ..running.argument_types import Arrays, Figures
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .hopfield_latch_sequence_study import STUDY
from .sets import SetRecipe


@recipe_dataclass
class HopfieldLatchSequence(SetRecipe):
    """The latch sequences of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_latch_sequence", reading="association", length=100)
    >>> recipe.model().output_shape  # the classes
    (None, 2)
    """

    epochs: PositiveInt = Field(2, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(96, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="sequences in an update")
    # At the 1e-3 of the authors, a lookup takes nearly two epochs.
    learning_rate: PositiveFloat = Field(5e-3, allow_inf_nan=False, description="of AdamW")
    embedding_units: NonNegativeInt = Field(0, description="of characters; 0 for none")

    length: PositiveInt = Field(32, description="characters of a sequence")
    characters: int = Field(20, gt=LABELS, description="how many there are")

    study: ClassVar = STUDY

    def examples(self, split: str) -> Arrays:
        return load(Builder, latch_config(self.length, self.characters), split)

    @property
    def item_shape(self) -> tuple[int, ...]:
        return (self.characters,)

    def represent(self, items: Any) -> Any:
        return tf.one_hot(items, self.characters)

    def relevant(self, examples: Arrays) -> Any:
        return np.zeros(examples["items"].shape, "int32") == np.arange(self.length)

    def figures_of_weights(self, model: keras.Model) -> Figures:
        """How much the characters of sixteen sequences count."""
        examples = {name: array[:16] for name, array in self.examples("test").items()}
        weights = self.item_weights(model, examples)
        return {"attention_map": figures.attention_map(weights, "place", "sequence")}
