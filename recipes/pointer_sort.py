"""Sorting: a network learns where the lowest number is, the next, and so on."""

from typing import ClassVar

from pydantic import Field, PositiveInt

from .datasets.number_sorting.number_sorting_dataset_builder import Builder
from .pointing import PointerRecipe, exact
from .recipe import recipe_dataclass


@recipe_dataclass
class PointerSort(PointerRecipe):
    """Section 4.4 of [Vinyals et al., 2016](https://arxiv.org/abs/1511.06391)."""

    epochs: PositiveInt = Field(10, description="how often validation takes place")
    max_points: PositiveInt = Field(10, description="most numbers in training")
    train_examples: PositiveInt = Field(200_000, description="training examples")
    units: PositiveInt = Field(128, description="of encoder and decoder")

    builder: ClassVar = Builder
    rule: ClassVar = "permutation"
    dim: ClassVar = 1
    closed: ClassVar = False
    questions: ClassVar = {"points": "0.7 0.1 0.4"}
    data: ClassVar = f"number_sorting {Builder.VERSION} (generated)"
    targets: ClassVar = {"accuracy_percent_n_10": ("≥", 99.0)}
    study: ClassVar = {"Three seeds": [{"seed": seed} for seed in range(3)]}

    def measure(self, points, said, right):
        """Lists in their order, from first to last."""
        return {"accuracy_percent": 100 * exact(said, right)}
