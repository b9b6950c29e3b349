"""Ten thousand digits in a memory, each recalled by half of it.

A cue has the upper half of a digit, and a mask that says so. Where MNIST is not at hand,
random patterns take the place of digits.
"""

import logging
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...layers.associative.continuous_memory import SIMILARITIES
from ...zoo import ContinuousHopfieldNetwork
from ..datasets import load, load_public
from ..datasets.random_patterns import Builder, pattern_config
from ..running.argument_types import Arrays, Batch, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .digits import SIDE, completion, is_wrong, known_points
from .recall import RecallRecipe, recall_study
from .recall_beyond import halves_of_digits

log = logging.getLogger(__name__)


@recipe_dataclass
class HopfieldMNIST(RecallRecipe):
    """Section 2 of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), on digits.

    The task is ours. Digits are compared by their distance over what is known; dot products,
    which favour digits of much ink, recall few.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_mnist", patterns=100, similarity="dot")
    >>> recipe.model().output_shape  # the points of a digit
    (None, 784)
    """

    patterns: PositiveInt = Field(10_000, description="digits that are stored")
    hidden_rows: PositiveInt = Field(14, lt=SIDE, description="of a cue's 28, from below")
    beta: PositiveFloat = Field(100.0, allow_inf_nan=False, description="sharpness")
    similarity: Literal[*SIMILARITIES] = Field("distance", description="of cue and digit")
    centred: bool = Field(False, description="whether pixels are less their mean")
    max_updates: PositiveInt = Field(3, description="of a cue")

    study: ClassVar = recall_study(
        data="mnist 3.0.1 (TFDS)",
        targets={"recalled_percent": ("≥", 99.0)},
        beyond=halves_of_digits,
    )

    @property
    def shape(self) -> tuple[int, int]:
        return SIDE, SIDE

    def examples(self, split: str) -> Arrays:
        """The same digits in every split, but in `unseen`, which has as many others."""
        is_unseen = split == "unseen"
        try:
            part = "test" if is_unseen else "train"
            images = load_public("mnist", f"{part}[:{self.patterns}]")["image"]
        except OSError:
            log.warning("MNIST is not at hand: random patterns instead")
            config = pattern_config(SIDE**2, 2 * self.patterns, 0)
            images = 127.5 * (1 + np.float32(load(Builder, config, "train")["pattern"]))
            images = np.split(images, 2)[is_unseen]
        return {"pattern": np.reshape(images, (-1, SIDE**2))}

    def to_batch(self, examples: Arrays) -> Batch:
        pattern = tf.cast(examples["pattern"], "float32") / 255
        if self.centred:
            pattern = pattern - np.mean(self.examples("train")["pattern"], axis=0) / 255
        return tf.where(self._known, pattern, 0), pattern

    @property
    def _known(self):
        """Which points of a cue are known."""
        return known_points(self.hidden_rows)

    def known(self, cues: Any) -> Arrays:
        return {"known": self._known[None]}

    def model(self) -> keras.Model:
        return ContinuousHopfieldNetwork(
            SIDE**2, self.patterns, self.beta, self.similarity, self.max_updates
        )

    def is_wrong(self, found: Any, patterns: Any) -> Any:
        """A point is wrong that is rounded to another of the 256 shades."""
        return is_wrong(found, patterns)

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Of digits that are stored; and, as of `autoencoder_mnist`, of others."""
        found, digits, _ = self.recalled(model, "unseen")
        unseen = completion(found, digits, self._known, "unseen")
        return {**super().evaluate(model, split), **unseen}

    def measures(self, found: Any, patterns: Any, updates: Any) -> Metrics:
        seen = completion(found, patterns, self._known, "seen")
        return {**super().measures(found, patterns, updates), **seen}
