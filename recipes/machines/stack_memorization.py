"""Memorisation: stacks repeat a word backwards, also one much longer than in training.

step      0  1  2  3  4  5  6  7      n = 3
symbol    1  2  2  =  2  2  1  2
to come               2  2  1
"""

from typing import ClassVar, Literal

from pydantic import Field, PositiveInt

from ..running.recipe import recipe_dataclass
from .stack_family import StackRecipe
from .stack_memorization_study import STUDY


@recipe_dataclass
class StackMemorization(StackRecipe):
    """Section 5.2 of [Joulin & Mikolov, 2015](https://arxiv.org/abs/1503.01007).

    Units and stacks are the paper's; the optimiser is that of `stack_counting`.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("stack_memorization", machine="lstm")
    >>> type(recipe.model()).__name__  # the paper's baseline
    'Sequential'
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    units: PositiveInt = Field(100, description="units of the hidden layer")
    language: Literal["memorization"] = Field("memorization", description="the language")
    study: ClassVar = STUDY

    @property
    def metric(self) -> str:
        return "accuracy"
