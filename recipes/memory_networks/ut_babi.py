"""Twenty tasks of reading: a universal transformer, whose positions halt in their own time.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  sentences and question attend to one another, each for some steps

One network is trained on all tasks by default.
"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..running.argument_types import Fields
from ..running.recipe import recipe_dataclass
from .babi_stories import BabiStories
from .ut_babi_study import STUDY
from .ut_family import UTStories


@recipe_dataclass
class UTBabi(UTStories, BabiStories):
    """Section 3.1 of [Dehghani et al., 2018](https://arxiv.org/abs/1807.03819).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("ut_babi", size="10k", max_steps=8)
    >>> recipe.steps_per_epoch  # one pass over the questions
    5625
    """

    epochs: PositiveInt = Field(100, description="how often validation takes place")
    steps_per_epoch: PositiveInt | None = Field(
        None, description="updates in an epoch; one pass over the questions if absent"
    )

    decay_share: ClassVar = 0.6
    study: ClassVar = STUDY

    def defaults(self) -> Fields:
        return {**super().defaults(), "steps_per_epoch": max(1, self.updates_per_pass)}
