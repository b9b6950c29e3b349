"""Reading about a simulated world, with the sentences that support each answer: no download.

Sandra took the apple.  John went to the garden.  Sandra went to the office.
Where is the apple?  1. "Sandra took the apple."  2. "Sandra went to the office."  office
"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..datasets.babi_world import Builder
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from . import stories_beyond
from .babi_world_stories import BabiWorldStories
from .memnn_family import SupportedStories


@recipe_dataclass
class MemNNBabiWorld(SupportedStories, BabiWorldStories):
    """The network of [Weston et al., 2015](https://arxiv.org/abs/1502.05698).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("memnn_babi_world", task=2, nonlinear=False)
    >>> recipe.columns  # of its data; the last is what it is trained on, too
    ('story', 'question', 'answer', 'task', 'supporting_facts')
    """

    steps_per_epoch: PositiveInt = Field(1124, description="updates in an epoch")

    study: ClassVar = Study(
        data=f"babi_world {Builder.VERSION} (generated)",
        parts={"One seed": [{"seed": 0}]},
        targets={"error_percent_mean": ("≤", 5.0)},
        loss_label="cross-entropy in nats",
        beyond=stories_beyond.beyond,
    )
