"""Keeping track of a simulated world: an entity network that needs no download.

The stories are our own, of the kind that the bAbI tasks 1-3, 5-9 and 11-14 are, and as long
as requested: see how far beyond the longest of training a network keeps track.
"""

from typing import ClassVar

from ..datasets.babi_world import Builder
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from . import stories_beyond
from .babi_world_stories import BabiWorldStories
from .entnet_family import EntNetStories


@recipe_dataclass
class EntNetBabiWorld(EntNetStories, BabiWorldStories):
    """The network of [Henaff et al., 2016](https://arxiv.org/abs/1612.03969).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("entnet_babi_world", task=2, slots=10)
    >>> recipe.overrides  # by which its run is found again
    {'task': 2, 'slots': 10}
    """

    study: ClassVar = Study(
        data=f"babi_world {Builder.VERSION} (generated)",
        parts={"One seed": [{"seed": 0}]},
        targets={"error_percent_mean": ("≤", 5.0)},
        loss_label="cross-entropy in nats",
        beyond=stories_beyond.beyond,
    )
