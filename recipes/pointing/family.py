"""The base of recipes that train a pointer network, each on points and answers of a kind."""

import abc
import functools
from pathlib import Path
from typing import Any, ClassVar, Literal

import keras
from pydantic import Field, PositiveInt

from ...zoo import figures
from ..datasets import first_examples, load
from ..datasets.pointing import pointing_config, read_pointers
from ..running.argument_types import (
    Arrays,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.fields import Integers, PathText
from ..running.recipe import recipe_dataclass
from .family_study import pointer_study
from .training import PointerTraining, trimmed

# From a recipe to arguments of `zoo.PointerNetwork`.
ARCHITECTURES = {
    "pointer": PointerTraining.architecture_arguments,
    "lstm": lambda recipe: {"places": recipe.max_points + 1},
    "lstm_attention": lambda recipe: {"places": recipe.max_points + 1, "glimpse": True},
}


@recipe_dataclass
class PointerRecipe(PointerTraining):
    """A data set of points and pointers, and a `zoo.PointerNetwork` that is trained on it.

    A subclass gives the `builder` of the data, the `rule` that answers follow, and the
    metrics of answers (`measure`).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("pointer_tsp", train_file="tours.txt", points=(5, 20))
    >>> recipe.rule, recipe.closed, recipe.beam_width
    ('permutation', True, 3)
    """

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

    builder: ClassVar
    # Whether files repeat the first pointer at the end.
    closed: ClassVar = True
    # The fewest points that have an answer.
    least: ClassVar = 1
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
        if (self.glimpse or self.bidirectional) and self.architecture != "pointer":
            raise ValueError(
                f"Expected glimpse and bidirectional of a pointer network alone. Received: "
                f"architecture={self.architecture!r}"
            )

    def architecture_arguments(self) -> Fields:
        return ARCHITECTURES[self.architecture](self)

    @property
    def fewest(self) -> int:
        return len(self.questions["points"].split()) - 1

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

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The metrics for each number of points, and of a file if there is one."""
        if self.test_file:
            return self.metrics_of(model, self._of_file(self.test_file))
        return {
            f"{name}_n_{n}": value
            for n in self.tested
            for name, value in self.metrics_of(model, self.held_out(n, split)).items()
        }

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
        space = super().search_space(hp)
        if self.architecture == "pointer":
            return space
        return {name: space[name] for name in ("learning_rate", "units")}


@functools.lru_cache(maxsize=2)
def _read_once(path, changed, *form):
    """The examples in a file that was changed then: a million take more than a minute."""
    return read_pointers(path, *form)
