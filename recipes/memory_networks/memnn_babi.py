"""Twenty tasks of reading, with the sentences that support each answer for training.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  1. "Mary got the milk."  2. "Mary travelled to the hallway."  hallway

The network learns to choose the facts one after the other, each given those before; when it
is tested, it chooses them itself, and says when there are no more.
"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..running.argument_types import Fields
from ..running.recipe import recipe_dataclass
from .babi_stories import BabiStories
from .memnn_babi_study import STUDY
from .memnn_family import SupportedStories

PASSES = 5  # over the training split, from validation to validation


@recipe_dataclass
class MemNNBabi(SupportedStories, BabiStories):
    """Section 5 of [Weston et al., 2015](https://arxiv.org/abs/1502.05698).

    Of the paper are the facts that are chosen, the fact that ends them, n-grams and nonlinear
    embeddings; ages are embedded, and gradients are of all wrong sentences at once.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("memnn_babi", task=2, ngrams=1)
    >>> recipe.steps_per_epoch  # passes over the questions of the task
    140
    """

    steps_per_epoch: PositiveInt | None = Field(
        None, description=f"updates in an epoch; of {PASSES} passes over the data if absent"
    )

    study: ClassVar = STUDY

    def defaults(self) -> Fields:
        return {"steps_per_epoch": max(1, PASSES * self.updates_per_pass)}
