"""Bags of bit patterns: a Hopfield network finds the signal that some hold."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import figures
from ..datasets import load
from ..datasets.bit_patterns import Builder, bit_pattern_config
from ..running.argument_types import Arrays, Figures
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .hopfield_bit_pattern_study import STUDY
from .sets import SetRecipe


@recipe_dataclass
class HopfieldBitPattern(SetRecipe):
    """The bit patterns of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217).

    Their code reads the bits themselves, ours a layer's projection of them.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_bit_pattern", reading="lookup", items=8)
    >>> "lookup" in [layer.name for layer in recipe.model().layers]
    True
    """

    epochs: PositiveInt = Field(30, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(48, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="bags in an update")
    learning_rate: PositiveFloat = Field(3e-3, allow_inf_nan=False, description="of AdamW")
    quantity: PositiveInt = Field(4, description="cues that pooling learns")

    items: PositiveInt = Field(16, description="patterns in a bag")
    bits: PositiveInt = Field(8, le=16, description="of a pattern")
    signals: PositiveInt = Field(8, description="patterns that are signals")

    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        self.config()

    def config(self) -> Any:
        """The data set of such bags; an error where there are none."""
        return bit_pattern_config(self.items, self.bits, self.signals)

    def examples(self, split: str) -> Arrays:
        return load(Builder, self.config(), split)

    @property
    def item_shape(self) -> tuple[int, ...]:
        return (self.bits,)

    def represent(self, items: Any) -> Any:
        return 2 * tf.cast(items, "float32") - 1

    def relevant(self, examples: Arrays) -> Any:
        return np.arange(self.items) == examples["signal"][:, None]

    def figures_of_weights(self, model: keras.Model) -> Figures:
        """How much the items of sixteen bags count, each turned to begin with its signal."""
        examples = self.examples("test")
        rows = np.flatnonzero(examples["label"])[:16]
        examples = {name: array[rows] for name, array in examples.items()}
        weights = self.item_weights(model, examples)
        signals = zip(weights, examples["signal"], strict=True)
        turned = [np.roll(row, -signal) for row, signal in signals]
        keys = ["signal", *map(str, range(2, self.items + 1))]
        return {"attention_map": figures.attention_map(turned, keys, "bag")}
