"""The base of recipes that train a pointer network on points with answers."""

import abc
import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import PointerNetwork
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Fields,
    HyperParameters,
    Metrics,
)
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from ..running.typed_rows import typed_rows

# What padding is left in a batch: few lengths, as XLA compiles for each.
STRIDE = 4


@recipe_dataclass
class PointerTraining(Recipe):
    """Points with answers of one kind, and a `zoo.PointerNetwork` that is trained on them.

    A subclass has examples of `points`, `length` and `pointers`, numbers from 1, padded with
    0; the `rule` that answers follow and `dim`; and the metrics of answers (`measure`).
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1000, description="updates in an epoch")
    batch_size: PositiveInt = Field(128, description="examples in an update")
    # The paper's gradient descent, at a rate of 1, is slower and noisier.
    learning_rate: PositiveFloat = Field(
        4e-3, allow_inf_nan=False, description="of Adam, at first; it falls as a cosine"
    )
    units: PositiveInt = Field(256, description="of encoder and decoder")
    glimpse: bool = Field(False, description="read all points before pointing at one")
    bidirectional: bool = Field(False, description="encode from both ends, in half the width")
    beam_width: PositiveInt = Field(1, description="beginnings that a search keeps")

    rule: ClassVar[str]
    dim: ClassVar[int] = 2
    # In which order the encoder reads points.
    order: ClassVar[str] = "given"
    # Of each coordinate, what the network divides it by; none: all are of one unit.
    scale: ClassVar[Sequence[float]] = ()
    # Of the first point, as answers number it.
    first_number: ClassVar[int] = 1
    # The fewest points that are typed.
    fewest: ClassVar[int] = 1

    def __post_init__(self):
        super().__post_init__()
        if self.bidirectional and self.units % 2:
            raise ValueError(
                f"Expected even units, to be halved, with bidirectional. Received: "
                f"units={self.units}"
            )

    def architecture_arguments(self) -> Fields:
        """Further arguments of `zoo.PointerNetwork`."""
        return {"glimpse": self.glimpse, "bidirectional": self.bidirectional}

    @abc.abstractmethod
    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """The metrics of answers, lists of indices from 0, beside the targets."""

    def lengths(self, examples: Arrays) -> Any:
        return examples["length"]

    def to_batch(self, examples: Arrays) -> Batch:
        """A batch, with an end at each answer and -1 after it, cut to its longest."""
        length = tf.cast(examples["length"], tf.int32)
        pointers = tf.cast(examples["pointers"], tf.int32)
        count = tf.math.count_nonzero(pointers, axis=1, dtype=tf.int32)[:, None]
        steps = tf.range(pointers.shape[1] + 1)
        pointers = tf.where(steps > count, -1, tf.pad(pointers, [[0, 0], [0, 1]]))
        pointers = _cut(pointers, tf.reduce_max(count) + 1)
        points = tf.cast(_cut(examples["points"], tf.reduce_max(length)), tf.float32)
        return {"points": points, "length": length, "pointers": pointers}, pointers

    def model(self) -> keras.Model:
        model = PointerNetwork(
            self.dim,
            self.units,
            self.rule,
            order=self.order,
            scale=self.scale,
            **self.architecture_arguments(),
        )
        rate = keras.optimizers.schedules.CosineDecay(
            self.learning_rate, self.epochs * self.steps_per_epoch
        )
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=2.0),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def metrics_of(
        self, model: keras.Model, examples: Arrays, rule: str | None = None
    ) -> Metrics:
        """The metrics of a model's answers, which follow another rule if one is given."""
        answers = self.solve(model, examples["points"], examples["length"], rule)
        targets = examples["pointers"] - 1
        points = [p[:n] for p, n in zip(examples["points"], examples["length"], strict=True)]
        metrics = self.measure(points, trimmed(answers), trimmed(targets))
        return {name: float(value) for name, value in metrics.items()}

    def solve(
        self,
        model: keras.Model,
        points: Any,
        length: Any,
        rule: str | None = None,
        size: int = 250,
    ) -> np.ndarray:
        """Answers `(examples, steps)` of many examples, so many at a time."""
        solve = functools.partial(model.solve, beam_width=self.beam_width, rule=rule)
        if keras.backend.backend() == "tensorflow":
            solve = tf.function(solve, reduce_retracing=True)
        parts = []
        for start in range(0, len(points), size):
            part = slice(start, start + size)
            indices = solve(tf.constant(points[part]), tf.constant(length[part]))["indices"]
            parts.append(np.asarray(indices))
        return np.concatenate(parts)

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-3, 1e-2, sampling="log"),
            "units": hp.Choice("units", [128, 256, 512]),
            "glimpse": hp.Boolean("glimpse"),
            "bidirectional": hp.Boolean("bidirectional"),
        }

    def coordinates(self, model: keras.Model) -> int:
        """How many a point that is typed has."""
        return self.dim

    def answer(self, model: keras.Model, points: str) -> Answer:
        """The answer to the points that the user typed, by their numbers."""
        example = self.questions["points"]
        width = self.coordinates(model)
        array = typed_rows(f"points of {width} coordinates", points, example, width)
        if len(array) < self.fewest:
            raise ValueError(f"Expected {self.fewest} points or more. Received: {points!r}")
        solution = model.solve(array[None], beam_width=self.beam_width)
        (indices,) = trimmed(np.asarray(solution["indices"]))
        probability = float(np.exp(np.asarray(solution["log_probability"])[0]))
        return {
            "answer": " ".join(str(index + self.first_number) for index in indices),
            "probability": round(probability, 6),
        }


def _cut(padded, longest):
    """Padding cut to the next multiple of STRIDE."""
    return padded[:, : -(-longest // STRIDE) * STRIDE]


def trimmed(indices: Any) -> list[np.ndarray]:
    """Rows of indices, without the -1 after their end."""
    return [row[row >= 0] for row in np.asarray(indices)]


def exact(answers: Any, targets: Any) -> float:
    """The fraction of answers that are the target, from first to last."""
    return np.mean([np.array_equal(*pair) for pair in zip(answers, targets, strict=True)])


def same_lines(answers: Any, targets: Any) -> float:
    """The fraction of closed lines that are the target, from any start, in any direction."""
    pairs = zip(answers, targets, strict=True)
    return np.mean([_edges(answer) == _edges(target) for answer, target in pairs])


def tour_lengths(points: Any, tours: Any) -> np.ndarray:
    """Of each set of points, the length of a closed tour through them."""
    corners = [cities[tour] for cities, tour in zip(points, tours, strict=True)]
    steps = [c - np.roll(c, -1, axis=0) for c in corners]
    return np.array([np.linalg.norm(step, axis=1).sum() for step in steps])


def _edges(indices):
    """The edges of a closed line, each as often as it comes."""
    following = np.roll(indices, -1)
    return sorted(map(sorted, zip(indices.tolist(), following.tolist(), strict=True)))
