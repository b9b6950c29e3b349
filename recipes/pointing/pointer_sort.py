"""Sorting: a network learns to point at the lowest number, the next, and so on."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ...zoo import figures
from ..datasets.number_sorting import Builder, number_config
from ..running.argument_types import Figures, Metrics
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import PointerRecipe
from .pointer_sort_study import STUDY
from .training import exact


@recipe_dataclass
class PointerSort(PointerRecipe):
    """Section 4.4 of [Vinyals et al., 2016](https://arxiv.org/abs/1511.06391).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("pointer_sort", decimals=3, points=(5, 50), units=64)
    >>> recipe.model().arguments["rule"]
    'permutation'
    """

    max_points: PositiveInt = Field(10, description="most numbers in training")
    points: Integers = Field((5, 10, 15), description="numbers of numbers that are tested")
    decimals: NonNegativeInt = Field(
        2, le=6, description="of the numbers, which all differ; 0: of any precision"
    )
    train_examples: PositiveInt = Field(200_000, description="training examples")
    units: PositiveInt = Field(128, description="of encoder and decoder")

    builder: ClassVar = Builder
    rule: ClassVar = "permutation"
    dim: ClassVar = 1
    closed: ClassVar = False
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.decimals and max(self.max_points, *self.tested) > 10**self.decimals:
            raise ValueError(
                f"Expected up to {10**self.decimals} points of decimals={self.decimals}, as "
                f"all differ. Received: max_points={self.max_points}, points={self.points}"
            )

    def config(self, min_points: int, max_points: int, train_examples: int = 0) -> Any:
        return number_config(min_points, max_points, train_examples, self.decimals)

    def lines(self, indices: Any) -> list[Any]:
        """Numbers lie on a line: there is none to draw."""
        return []

    def figures(self, model: keras.Model) -> Figures:
        """What each step points at, in a list of the test split in its right order."""
        examples = self.in_figures(self.max_points, 1)
        inputs, _ = self.to_batch(examples)
        (weights,) = model.trace({k: np.asarray(v) for k, v in inputs.items()})["weights"]
        numbers = [f"{number:.2f}" for number in examples["points"][0, :, 0]]
        steps = [f"step {step + 1}" for step in range(len(weights))]
        return {"attention_map": figures.attention_map(weights, ["end", *numbers], steps)}

    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """Lists in their order, from first to last."""
        return {"accuracy_percent": 100 * exact(answers, targets)}
