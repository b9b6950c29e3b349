"""Reading about a simulated world: a memory network that needs no download.

The stories are our own, of the kind that the bAbI tasks 1-3, 5-9 and 11-14 are, and as long
as requested: see how a memory of thousands of sentences is read.
"""

from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets.babi_world import Builder
from ..running.recipe import recipe_dataclass
from . import stories_beyond
from .babi_world_stories import BabiWorldStories
from .family_study import story_study
from .memn2n_family import MemN2NStories


@recipe_dataclass
class MemN2NBabiWorld(MemN2NStories, BabiWorldStories):
    """The network of [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895).

    Example:

    >>> from keras_memory import recipes
    >>> from keras_memory.recipes.running.loading import load_model
    >>> recipe, model = load_model("memn2n_babi_world")
    >>> story = "Mary got the milk. Mary went to the kitchen."
    >>> recipe.answer(model, story=story, question="Where is the milk?")["answer"]
    'kitchen'
    """

    epochs: PositiveInt = Field(30, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1124, description="updates in an epoch")
    linear_epochs: NonNegativeInt = Field(
        10, description="first epochs, without the soft-max"
    )
    halving_epochs: PositiveInt = Field(
        5, description="later epochs after which the learning rate is halved"
    )

    study: ClassVar = story_study(
        data=f"babi_world {Builder.VERSION} (generated)",
        parts={
            "One seed": [{"seed": 0}],
            "Other persons, facts about others": [{"seed": 0, "others": 12}],
        },
        targets={"error_percent_mean": ("≤", 5.0)},
        preset=lambda recipe: f"{recipe.name}_others" if recipe.others else recipe.name,
        beyond=stories_beyond.beyond,
    )
