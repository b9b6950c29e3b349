"""The base of recipes that train a pointer network, each on points and answers of a kind."""

import abc
import functools
from pathlib import Path
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import PointerNetwork, figures
from ..datasets import first_examples, load
from ..datasets.pointing import pointing_config, read_pointers
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.fields import Integers, PathText
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .family_study import pointer_study

# What padding is left in a batch: few lengths, as XLA compiles for each.
STRIDE = 4
# From a recipe to arguments of `zoo.PointerNetwork`.
ARCHITECTURES = {
    "pointer": lambda recipe: {
        "glimpse": recipe.glimpse,
        "bidirectional": recipe.bidirectional,
    },
    "lstm": lambda recipe: {"places": recipe.max_points + 1},
    "lstm_attention": lambda recipe: {"places": recipe.max_points + 1, "glimpse": True},
}


@recipe_dataclass
class PointerRecipe(Recipe):
    """A data set of points and pointers, and a `zoo.PointerNetwork` that is trained on it.

    A subclass gives the `builder` of the data, the `rule` that answers follow, and the
    metrics of answers (`measure`).
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1000, description="updates in an epoch")
    batch_size: PositiveInt = Field(128, description="examples in an update")
    # The paper's gradient descent, at a rate of 1, is slower and noisier.
    learning_rate: PositiveFloat = Field(
        4e-3, allow_inf_nan=False, description="of Adam, at first; it falls as a cosine"
    )

    min_points: PositiveInt = Field(5, description="fewest points in training")
    max_points: PositiveInt = Field(20, description="most points in training")
    train_examples: PositiveInt = Field(1_000_000, description="training examples")
    points: Integers = Field(
        (), description="numbers of points that are tested; if none, the most in training"
    )
    train_file: PathText = Field(
        "", description="a text file to train on, as the authors'; validation is generated"
    )
    test_file: PathText = Field("", description="one to be tested on")

    architecture: Literal[*ARCHITECTURES] = Field(
        "pointer", description="a pointer network, or a baseline of the paper"
    )
    units: PositiveInt = Field(256, description="of encoder and decoder")
    glimpse: bool = Field(False, description="read all points before pointing at one")
    bidirectional: bool = Field(False, description="encode from both ends, in half the width")
    beam_width: PositiveInt = Field(1, description="beginnings that a search keeps")

    builder: ClassVar
    rule: ClassVar[str]
    dim: ClassVar = 2
    # Whether files repeat the first pointer at the end.
    closed: ClassVar = True
    # The fewest points that have an answer.
    least: ClassVar = 1
    # In which order the encoder reads points.
    order: ClassVar[str] = "given"
    fields_of_tests: ClassVar = ("points", "test_file", "beam_width")
    study: ClassVar = pointer_study()

    def __post_init__(self):
        super().__post_init__()
        if self.min_points > self.max_points:
            raise ValueError(
                f"Expected min_points up to max_points={self.max_points}. Received: "
                f"min_points={self.min_points}"
            )
        if min(self.min_points, *self.tested) < self.least:
            raise ValueError(
                f"Expected {self.least} points or more. Received: min_points="
                f"{self.min_points}, points={self.points}"
            )
        if self.bidirectional and self.units % 2:
            raise ValueError(
                f"Expected even units, to be halved, with bidirectional. Received: "
                f"units={self.units}"
            )
        if (self.glimpse or self.bidirectional) and self.architecture != "pointer":
            raise ValueError(
                f"Expected glimpse and bidirectional of a pointer network alone. Received: "
                f"architecture={self.architecture!r}"
            )

    @property
    def tested(self) -> tuple[int, ...]:
        """Numbers of points; of a baseline those that it was trained for."""
        if self.architecture == "pointer":
            return self.points or (self.max_points,)
        trained = range(self.min_points, self.max_points + 1)
        return tuple(n for n in self.points if n in trained) or (self.max_points,)

    @abc.abstractmethod
    def lines(self, indices: Any) -> list[Any]:
        """The closed lines that an answer stands for, lists of indices from 0."""

    @abc.abstractmethod
    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """The metrics of answers, lists of indices from 0, beside the targets."""

    def examples(self, split: str) -> Arrays:
        if split == "train" and self.train_file:
            return self._of_file(self.train_file)
        # What is held out is the same beside any number of examples for training.
        examples = self.train_examples if split == "train" else 0
        config = self.config(self.min_points, self.max_points, examples)
        return load(self.builder, config, split)

    def prepare(self) -> None:
        if self.test_file:  # first: a wrong path is reported before others are prepared
            self._of_file(self.test_file)
        super().prepare()
        if not self.test_file:
            for n in self.tested:
                self.held_out(n)

    def held_out(self, n: int, split: str = "test") -> Arrays:
        """Examples of exactly so many points."""
        return load(self.builder, self.config(n, n), split)

    def in_figures(self, n: int, count: int) -> Arrays:
        """The first of those, for which the others need not be prepared."""
        return first_examples(self.builder, self.config(n, n), "test", count)

    def config(self, min_points: int, max_points: int, train_examples: int = 0) -> Any:
        """The data set of so many points."""
        return pointing_config(min_points, max_points, train_examples)

    def _of_file(self, path):
        changed = Path(path).stat().st_mtime_ns
        examples = _read_once(path, changed, self.dim, self.closed, self.rule)
        longest = examples["length"].max()
        if self.architecture != "pointer" and longest > self.max_points:
            raise ValueError(
                f"Expected up to max_points={self.max_points} points for a baseline. "
                f"Received: {path} with {longest}"
            )
        return examples

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
        parts = ARCHITECTURES[self.architecture](self)
        model = PointerNetwork(self.dim, self.units, self.rule, order=self.order, **parts)
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

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The metrics for each number of points, and of a file if there is one."""
        if self.test_file:
            return self.metrics_of(model, self._of_file(self.test_file))
        return {
            f"{name}_n_{n}": value
            for n in self.tested
            for name, value in self.metrics_of(model, self.held_out(n, split)).items()
        }

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

    def figures(self, model: keras.Model) -> Figures:
        """Six sets of as many points as in training, at most, with the answers to them."""
        examples = self.in_figures(self.max_points, 6)
        answers = trimmed(self.solve(model, examples["points"], examples["length"]))
        targets = trimmed(examples["pointers"] - 1)
        panels = [
            (points, self.lines(answer.tolist()), self.lines(target.tolist()))
            for points, answer, target in zip(
                examples["points"], answers, targets, strict=True
            )
        ]
        return {"answers": figures.pointer_predictions(panels)}

    def search_space(self, hp: HyperParameters) -> Fields:
        space = {
            "learning_rate": hp.Float("learning_rate", 1e-3, 1e-2, sampling="log"),
            "units": hp.Choice("units", [128, 256, 512]),
        }
        if self.architecture == "pointer":
            space["glimpse"] = hp.Boolean("glimpse")
            space["bidirectional"] = hp.Boolean("bidirectional")
        return space

    def answer(self, model: keras.Model, points: str) -> Answer:
        """The answer to the points that the user typed, by their numbers from 1."""
        example = self.questions["points"]
        try:
            rows = [[float(x) for x in point.split(",")] for point in points.split()]
            array = np.array(rows, "float32").reshape(len(rows), self.dim)
        except ValueError:
            raise ValueError(
                f"Expected points, as {example!r}. Received: {points!r}"
            ) from None
        if not np.isfinite(array).all() or len(array) < len(example.split()) - 1:
            raise ValueError(
                f"Expected {len(example.split()) - 1} points or more, all finite. "
                f"Received: {points!r}"
            )
        solution = model.solve(array[None], beam_width=self.beam_width)
        (indices,) = trimmed(np.asarray(solution["indices"]))
        probability = float(np.exp(np.asarray(solution["log_probability"])[0]))
        return {
            "answer": " ".join(str(index + 1) for index in indices),
            "probability": round(probability, 6),
        }


@functools.lru_cache(maxsize=2)
def _read_once(path, changed, *form):
    """The examples in a file that was changed then: a million take more than a minute."""
    return read_pointers(path, *form)


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


def _edges(indices):
    """The edges of a closed line, each as often as it comes."""
    following = np.roll(indices, -1)
    return sorted(map(sorted, zip(indices.tolist(), following.tolist(), strict=True)))
