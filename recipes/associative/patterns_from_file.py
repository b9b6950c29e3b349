"""Your own patterns in a memory, each recalled by half of it: images, or rows of numbers."""

import functools
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import ContinuousHopfieldNetwork
from ..datasets.pattern_files import IMAGES, numbers_of, read_image, read_patterns
from ..running.argument_types import Answer, Arrays, Batch
from ..running.fields import PathText
from ..running.late_tensorflow import tf
from ..running.own_files import file_name
from ..running.progress import tell
from ..running.recipe import recipe_dataclass
from ..running.samples import as_typed
from .recall import RecallRecipe, recall_study

SHADES = 256


@recipe_dataclass
class PatternsFromFile(RecallRecipe):
    """Patterns out of a file or a folder, for `zoo.ContinuousHopfieldNetwork`.

    All of them are stored; every cue is one of them, of which the end is hidden: of an
    image, what is below.

    Example:

    >>> from keras_memory import recipes
    >>> np.save("signals.npy", np.eye(4))
    >>> recipe = recipes.get("patterns_from_file", path="signals.npy", hidden=0.25)
    >>> recipe.model().output_shape  # the numbers of a pattern
    (None, 4)
    """

    path: PathText = Field("", description="a folder of images, or a file .npy or .csv")
    side: PositiveInt = Field(
        32, le=1000, description="pixels of the square that an image becomes"
    )
    hidden: float = Field(0.5, gt=0, lt=1, description="fraction of a cue, from its end")
    beta: PositiveFloat = Field(
        100.0, allow_inf_nan=False, description="sharpness, of patterns with a variance of 1"
    )
    max_updates: PositiveInt = Field(3, description="of a cue")

    study: ClassVar = recall_study(data=file_name)

    @functools.cached_property
    def own(self) -> np.ndarray:
        """The patterns as they are in the file, `(patterns, …)`.

        Raises:
            ValueError: There is no path, or the patterns are malformed or all the same.
        """
        if not self.path:
            raise ValueError("Expected path, a file of patterns. Received: none")
        patterns = read_patterns(self.path, self.side)
        if patterns[0].size < 2 or not np.ptp(patterns):
            raise ValueError(
                f"{self.path}: Expected patterns of two numbers or more, which differ. "
                f"Received: {patterns.ravel()[:3].tolist()}"
            )
        return patterns

    @property
    def units(self) -> int:
        """Numbers of a pattern."""
        return self.own[0].size

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a pattern; one row, if it is not an image."""
        *rows, columns = self.own.shape[1:]
        return int(np.prod(rows)), columns

    def prepare(self) -> None:
        """Read the patterns, and report what was found."""
        super().prepare()
        size = " × ".join(map(str, self.own.shape[1:]))
        tell(
            f"{self.path}: patterns: {len(self.own)} of {size} numbers, from "
            f"{self.own.min():.4g} to {self.own.max():.4g}; {self._known.sum()} of a cue's "
            f"{self.units} are known; the first: {as_typed([self.own[0].ravel()])}"
        )

    def examples(self, split: str) -> Arrays:
        """The same patterns in every split."""
        return {"pattern": self.own.reshape(len(self.own), -1)}

    @property
    def _known(self):
        return known_units(self.units, self.hidden)

    def to_batch(self, examples: Arrays) -> Batch:
        pattern = tf.cast(examples["pattern"], "float32")
        return tf.where(self._known, pattern, 0), pattern

    def known(self, cues: Any) -> Arrays:
        return {"known": self._known[None]}

    def model(self) -> keras.Model:
        beta = self.beta / float(np.var(self.own, dtype="float64"))
        return ContinuousHopfieldNetwork(
            self.units, len(self.own), beta, max_updates=self.max_updates
        )

    def is_wrong(self, found: Any, patterns: Any) -> Any:
        """A number is wrong that is another of 256 shades from the least to the largest."""
        return np.abs(found - patterns) > 0.5 * np.ptp(self.own) / (SHADES - 1)

    def answer(self, model: keras.Model, cue: str) -> Answer:
        """Which stored pattern a cue recalls, by its known part; patterns count from 1."""
        units = model.input.shape[-1]
        found = self._cue(cue)
        if found.size not in (units, known_units(units, self.hidden).sum()):
            raise ValueError(
                f"Expected a cue of {units} numbers, or of the known ones alone. Received: "
                f"{found.size}"
            )
        whole = np.pad(found, [0, units - found.size])
        known = known_units(units, self.hidden)
        (recalled,) = np.asarray(model.recall(whole[None], known=known[None])["attractors"])
        stored = np.asarray(model.memory.patterns)[: model.stored]
        distances = np.abs(stored - recalled).mean(axis=-1)
        error = np.abs(recalled - whole)[known].mean()
        return {
            "pattern": int(distances.argmin()) + 1,
            "mean_difference_from_pattern": round(float(distances.min()), 6),
            "mean_difference_from_cue": round(float(error), 6),
        }

    def _cue(self, cue):
        """The numbers of an image's file, or of a text."""
        if Path(cue).suffix.lower() in IMAGES:
            return read_image(cue, self.side).ravel()
        numbers = cue.strip().removeprefix("[").removesuffix("]")
        return numbers_of(numbers.split(","), "cue")


def known_units(units: int, hidden: float) -> np.ndarray:
    """Booleans `(units,)`: which are known if this fraction is hidden: one, but not all."""
    known = units - round(units * hidden)
    return np.arange(units) < min(max(known, 1), units - 1)
