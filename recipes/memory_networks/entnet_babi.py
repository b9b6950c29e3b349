"""Twenty tasks of reading: an entity network keeps track of who and what a story is about.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  a slot has taken in that Mary has it, and where Mary went

The network reads a story once, before it is given the question.
"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..running.argument_types import Fields
from ..running.recipe import recipe_dataclass
from .babi_stories import BabiStories
from .entnet_babi_study import STUDY
from .entnet_family import EntNetStories


@recipe_dataclass
class EntNetBabi(EntNetStories, BabiStories):
    """Section 4.2 of [Henaff et al., 2016](https://arxiv.org/abs/1612.03969).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("entnet_babi", size="10k", task=1)
    >>> recipe.steps_per_epoch  # one pass over the questions
    281
    """

    steps_per_epoch: PositiveInt | None = Field(
        None, description="updates in an epoch; one pass over the questions if absent"
    )

    study: ClassVar = STUDY

    def defaults(self) -> Fields:
        return {"steps_per_epoch": max(1, self.updates_per_pass)}
