"""Binary addition: stacks add numbers much longer than those in training.

The answer begins with its lowest digit. What counts are its digits and the end.

    step      0  1  2  3  4  5  6  7  8      two operands of n = 4 digits in all
    symbol    1  0  1  +  1  =  0  1  1  .
    to come                  0  1  1  .
"""

from typing import ClassVar, Literal

from pydantic import Field, PositiveInt

from ..running.recipe import recipe_dataclass
from .stack_addition_study import STUDY
from .stack_family import StackRecipe


@recipe_dataclass
class StackAddition(StackRecipe):
    """Section 5.2 of [Joulin & Mikolov, 2015](https://arxiv.org/abs/1503.01007).

    Units and stacks are the paper's; the optimiser is that of `stack_counting`, and an action
    that leaves a stack as it is. These settings have not learned it yet.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("stack_addition", stacks=4)
    >>> recipe.model().output_shape  # a logit for each symbol that may come next
    (None, None, 5)
    """

    max_n: int = Field(19, ge=2, le=1000, description="digits of both operands, in training")
    units: PositiveInt = Field(100, description="units of the hidden layer")
    no_op: bool = Field(True, description="whether an action leaves a stack as it is")
    language: Literal["addition"] = Field("addition", description="the language")
    counts_all: ClassVar[bool] = False
    study: ClassVar = STUDY

    @property
    def metric(self) -> str:
        return "accuracy"

    @property
    def least(self) -> int:
        return 2
