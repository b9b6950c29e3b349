"""Pairs of letters in a bidirectional memory: either letter of a pair recalls the other.

Letters resemble each other, and Hebb's rule confuses patterns that do: of letters, far fewer
pairs are recalled than of random patterns of the same sizes. How many is measured, in either
direction, as one pair after the other is stored.
"""

import functools
from collections.abc import Callable
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops
from pydantic import Field, PositiveInt

from ...layers import BidirectionalMemory
from ...zoo import BidirectionalAssociativeMemory, figures
from ..datasets import load
from ..datasets.letter_pairs import (
    FIRST,
    PAIRS,
    SECOND,
    Builder,
    letter_config,
    letters,
)
from ..running.argument_types import Answer, Arrays, Batch, Figures, Metrics, Split
from ..running.compiling import compiled
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .recall import RecallRecipe, recall_study
from .recall_beyond import pairs_of_letters

SIDES = "first", "second"
SHAPES = dict(zip(SIDES, (FIRST, SECOND), strict=True))
# Which sides of a cue are known, by what it is called in metrics.
KNOWN = {"first": SIDES[:1], "second": SIDES[1:], "both": SIDES}


@recipe_dataclass
class BAMLetters(RecallRecipe):
    """The example of [Kosko, 1988](https://doi.org/10.1109/21.87054), in a hand of our own.

    Three pairs are stored, (S, E), (M, V) and (G, N). A cue has one side, or both; what is
    not known is 0.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("bam_letters", turned=0.2)  # a fifth of the points of a cue
    >>> recipe.model().output_shape  # the points of either letter
    [(None, 140), (None, 108)]
    """

    pairs: PositiveInt = Field(3, le=len(PAIRS), description="of letters that are stored")
    turned: float = Field(0.1, ge=0, le=1, description="fraction of the points of a cue")
    draws: PositiveInt = Field(100, description="of pairs, to measure how many are recalled")

    study: ClassVar = recall_study(
        data=f"letter_pairs {Builder.VERSION} (drawn)",
        targets={f"recalled_percent_from_{name}": ("≥", 100.0) for name in KNOWN},
        beyond=pairs_of_letters,
    )

    @property
    def shape(self) -> tuple[int, int]:
        """Of both sides, one beside the other."""
        return FIRST[0], FIRST[1] + 1 + SECOND[1]

    def examples(self, split: str) -> Arrays:
        return load(Builder, letter_config(self.pairs, self.turned), split)

    def to_batch(self, examples: Arrays) -> Batch:
        def sides(kind):
            return {
                side: tf.cast(
                    tf.reshape(examples[side + kind], (-1, rows * columns)), "float32"
                )
                for side, (rows, columns) in SHAPES.items()
            }

        return sides("_cue"), sides("")

    def model(self) -> keras.Model:
        units = {f"{side}_units": rows * columns for side, (rows, columns) in SHAPES.items()}
        return BidirectionalAssociativeMemory(**units)

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Cues that recall both sides of their pair exactly; and pairs recalled by load."""
        cues, patterns = self.to_batch(self.examples(split))
        metrics = {}
        for name, known in KNOWN.items():
            found = model.recall(only(known, cues))
            recalled = np.mean(is_right(found, patterns))
            metrics[f"recalled_percent_from_{name}"] = float(100 * recalled)
            metrics[f"updates_mean_from_{name}"] = float(np.mean(found["updates"]))
        return metrics | {
            f"pairs_held_{kind}_from_{side}_stored_{stored}": recalled
            for (kind, side), by_stored in pairs_recalled(self.draws).items()
            for stored, recalled in by_stored.items()
        }

    def figures(self, model: keras.Model) -> Figures:
        """What either letter of the first pairs recalls, and how many pairs are recalled."""
        first = {k: v[: min(3, self.pairs)] for k, v in self.examples("test").items()}
        cues, _ = self.to_batch(first)
        cues = {
            side: tf.concat([only(KNOWN[known], cues)[side] for known in SIDES], axis=0)
            for side in SIDES
        }
        names = [f"from {pair.decode()[i]}" for i in range(2) for pair in first["letters"]]
        trace = model.trace(cues)
        recalled = {
            f"{kind}, from the {side}": by_stored
            for (kind, side), by_stored in pairs_recalled(self.draws).items()
        }
        return {
            "recall_strip": figures.recall_strip(side_by_side(trace), self.shape, names),
            "energy": figures.energy_curves(trace["energies"]),
            "pairs_held": figures.patterns_recalled(recalled, "pairs"),
        }

    def answer(self, model: keras.Model, letter: str) -> Answer:
        """The letter that another one recalls, and how many of its points are wrong."""
        if letter not in letters():
            raise ValueError(f"Expected a letter from A to Z. Received: {letter!r}")
        given, other = SIDES if letters()[letter].shape == FIRST else SIDES[::-1]
        cues = {side: np.zeros((1, np.prod(SHAPES[side])), "float32") for side in SIDES}
        cues[given] = letters()[letter].reshape(1, -1)
        found = np.asarray(model.recall(cues)[other])[0]
        wrong = {
            name: int(np.sum(found != image.ravel()))
            for name, image in letters().items()
            if image.shape == SHAPES[other]
        }
        nearest = min(wrong, key=wrong.get)
        return {"recalled": nearest, "wrong_points": wrong[nearest]}


def only(known: Any, cues: Arrays) -> Arrays:
    """Cues of which these sides are known."""
    return {side: cue if side in known else 0 * cue for side, cue in cues.items()}


def is_right(found: Arrays, patterns: Arrays) -> np.ndarray:
    """Of each cue, whether both sides are those of its pair."""
    return np.all(
        [np.all(np.equal(found[side], patterns[side]), axis=-1) for side in SIDES], axis=0
    )


def side_by_side(trace: Arrays) -> np.ndarray:
    """Both sides of each state as one image, what is around the smaller one not a number."""
    rows, columns = FIRST[0], FIRST[1] + 1 + SECOND[1]
    images = np.full((*trace["energies"].shape, rows, columns), np.nan)
    images[..., : FIRST[1]] = trace["first"].reshape(*images.shape[:2], *FIRST)
    top = (rows - SECOND[0]) // 2
    images[..., top : top + SECOND[0], FIRST[1] + 1 :] = trace["second"].reshape(
        *images.shape[:2], *SECOND
    )
    return images.reshape(*images.shape[:2], -1)


@functools.lru_cache(maxsize=2)
def pairs_recalled(samples: int) -> dict[Any, dict[int, float]]:
    """Pairs that are recalled on the mean, by how many are stored, for each kind and side.

    Each sample pairs the letters anew; random patterns have their sizes.
    """
    random = np.random.default_rng(1988)
    images = [
        np.array([letters()[pair[i]].ravel() for pair in PAIRS], "float32") for i in range(2)
    ]

    def shuffled():
        return [random.permutation(side) for side in images]

    def coins():
        return [random.choice(np.float32([-1, 1]), side.shape) for side in images]

    memory = BidirectionalMemory()
    memory.build(*(side.shape for side in images))
    recall, recalled = recalling(memory), {}
    for kind, sample in (("letters", shuffled), ("random", coins)):
        counts = np.mean([filling(memory, recall, *sample()) for _ in range(samples)], axis=0)
        for side, by_stored in zip(SIDES, counts, strict=True):
            recalled[kind, side] = dict(enumerate(by_stored.tolist(), start=1))
    return recalled


def recalling(memory: keras.layers.Layer) -> Callable[..., Any]:
    """From the values of a memory's variables and cues to both sides; compiled."""
    return compiled(lambda values, cues: memory.stateless_call([], values, **cues)[0])


def filling(
    memory: keras.layers.Layer,
    recall: Callable[..., Any],
    first: np.ndarray,
    second: np.ndarray,
) -> np.ndarray:
    """How many pairs each side recalls as one after the other is stored: `(2, pairs)`."""
    pairs = {"first": first, "second": second}
    cues = [only(KNOWN[side], pairs) for side in SIDES]
    cues = {side: np.concatenate([cue[side] for cue in cues]) for side in SIDES}
    patterns = {side: np.tile(pairs[side], (2, 1)) for side in SIDES}
    memory.couplings.assign(0 * memory.couplings)
    counts = []
    for stored in range(1, len(first) + 1):
        memory.store(first[stored - 1 : stored], second[stored - 1 : stored])
        found = recall([ops.convert_to_tensor(v) for v in memory.variables], cues)
        found = dict(zip(SIDES, found, strict=True))
        is_recalled = is_right(found, patterns).reshape(2, -1)
        counts.append(is_recalled[:, :stored].sum(axis=-1))
    return np.transpose(counts)
