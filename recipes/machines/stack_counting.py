"""Counting: stacks learn languages of which a regular grammar knows nothing.

Words as aⁿbⁿ come one after another, and a machine predicts the next symbol. From the first b
on all is known: how many follow, and the a of the next word. Trained with n up to 15, it is
tested with n up to 60, and up to 1,000.

    step      0  1  2  3  4  5  6  7  8  9      aⁿbⁿ
    symbol    a  a  a  b  b  b  a  b  a  a
    to come                  b  b  a     a
"""

from typing import ClassVar, Literal

from pydantic import Field

from ..running.recipe import recipe_dataclass
from .stack_counting_study import STUDY
from .stack_family import StackRecipe

COUNTED = "an_bn", "an_bn_cn", "an_bn_cn_dn", "an_b2n", "an_bm_cnm"


@recipe_dataclass
class StackCounting(StackRecipe):
    """Section 5.1 of [Joulin & Mikolov, 2015](https://arxiv.org/abs/1503.01007).

    Units and stacks are the paper's. Its online gradient descent with a curriculum needs
    restarts; here, Adam, ten sequences in an update, all n at once, and noise on the
    actions, by which they become hard.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("stack_counting", language="an_bn", units=20)
    >>> recipe.model().output_shape  # a logit for each symbol that may come next
    (None, None, 2)
    """

    language: Literal[*COUNTED] = Field("an_bm_cnm", description="the language")
    study: ClassVar = STUDY

    @property
    def metric(self) -> str:
        return f"accuracy_{self.language}"
