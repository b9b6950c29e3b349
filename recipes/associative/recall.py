"""The base of recipes whose model stores patterns in one pass, and then recalls them."""

import abc
import functools
from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ...zoo import figures
from ..running.argument_types import (
    Arrays,
    Batch,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.batches import evaluation_batches
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from ..running.study import Study

recall_study = functools.partial(
    Study, chosen_by="nothing: there is one run", loss_label="energy"
)


@recipe_dataclass
class RecallRecipe(Recipe):
    """Cues and the patterns they recall; the patterns of the training split are stored.

    A subclass has examples of `cue` and `pattern`, and gives the shape of a pattern as image.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_capacity")
    >>> patterns = np.array([[1, -1, 1, 1], [1, 1, -1, -1]])
    >>> recalled = np.array([[1, -1, 1, 1], [1, 1, 1, 1]])
    >>> recipe.measures(recalled, patterns, updates=[1, 3])
    {'recalled_percent': 50.0, 'wrong_percent': 25.0, 'updates_mean': 2.0}
    """

    batch_size: PositiveInt = Field(1000, description="patterns that are stored at once")

    monitor: ClassVar = None
    study: ClassVar = recall_study()

    @property
    @abc.abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a pattern, as an image."""

    def to_batch(self, examples: Arrays) -> Batch:
        cue, pattern = (tf.cast(examples[name], "float32") for name in ("cue", "pattern"))
        return cue, pattern

    def dataset(self, split: Split, epoch: Any = None) -> Any:
        """Every example once, in order; of the training split the patterns, to be stored."""

        def to_batch(examples):
            cue, pattern = self.to_batch(examples)
            return (pattern if split == "train" else cue), pattern

        return evaluation_batches(self.examples(split), to_batch, self.batch_size)

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """How many cues recall their pattern exactly, and what it takes."""
        return self.measures(*self.recalled(model, split))

    def measures(self, found: Any, patterns: Any, updates: Any) -> Metrics:
        """Metrics of where cues ended, which patterns they are of, and how long it took."""
        wrong = self.is_wrong(found, patterns)
        return {
            "recalled_percent": float(100 * np.mean(~wrong.any(axis=-1))),
            "wrong_percent": float(100 * np.mean(wrong)),
            "updates_mean": float(np.mean(updates)),
        }

    def recalled(self, model: keras.Model, split: str) -> tuple[Any, Any, Any]:
        """Where the cues of a split end, their patterns, and the numbers of updates."""
        cues, patterns = self.to_batch(self.examples(split))
        parts = [
            model.recall(part, **self.known(part))
            for part in np.array_split(cues, -(-len(cues) // self.batch_size))
        ]
        found, updates = (
            np.concatenate([np.asarray(part[name]) for part in parts])
            for name in ("attractors", "updates")
        )
        return found, np.asarray(patterns), updates

    def known(self, cues: Any) -> Arrays:
        """What `recall` takes besides cues."""
        return {}

    def is_wrong(self, found: Any, patterns: Any) -> Any:
        """Of each unit, whether it is another than in the pattern."""
        return found != patterns

    def figures(self, model: keras.Model) -> Figures:
        """Six cues, how they end, and what they should recall."""
        cues, patterns = self.to_batch({k: v[:6] for k, v in self.examples("test").items()})
        trace = model.trace(cues, **self.known(cues))
        return {
            "recall_strip": figures.recall_strip(
                trace["states"], self.shape, targets=patterns
            ),
            "energy": figures.energy_curves(trace["energies"]),
        }

    def search_space(self, hp: HyperParameters) -> Fields:
        return {}
