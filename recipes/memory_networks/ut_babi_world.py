"""Reading about a simulated world: a universal transformer that needs no download.

Sandra took the apple.  John went to the garden.  Sandra went to the office.
Where is the apple?  sentences and question attend to one another, each for some steps
"""

from typing import ClassVar

from ..datasets.babi_world import Builder
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from . import stories_beyond
from .babi_world_stories import BabiWorldStories
from .ut_family import UTStories


@recipe_dataclass
class UTBabiWorld(UTStories, BabiWorldStories):
    """The network of [Dehghani et al., 2018](https://arxiv.org/abs/1807.03819).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("ut_babi_world", task=3, ponder_weight=0.01)
    >>> recipe.replace(max_steps=3).overrides
    {'task': 3, 'max_steps': 3, 'ponder_weight': 0.01}
    """

    study: ClassVar = Study(
        data=f"babi_world {Builder.VERSION} (generated)",
        parts={"One seed": [{"seed": 0}]},
        targets={"error_percent_mean": ("≤", 5.0)},
        loss_label="cross-entropy in nats, and ponder cost",
        beyond=stories_beyond.beyond,
    )
