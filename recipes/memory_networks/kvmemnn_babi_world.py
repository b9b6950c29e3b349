"""Reading about a simulated world: a key-value memory network that needs no download.

Sandra took the apple.  John went to the garden.  Sandra went to the office.
Where is the apple?  hop 1 reads "Sandra took the apple", hop 2 "Sandra went to the office"
"""

from typing import ClassVar

from ..datasets.babi_world import Builder
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from . import stories_beyond
from .babi_world_stories import BabiWorldStories
from .kvmemnn_family import KeyValueStories


@recipe_dataclass
class KVMemNNBabiWorld(KeyValueStories, BabiWorldStories):
    """The network of [Miller et al., 2016](https://arxiv.org/abs/1606.03126).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("kvmemnn_babi_world", task=1, keys="window")
    >>> recipe.replace(keys="sentence").overrides
    {'task': 1}
    """

    study: ClassVar = Study(
        data=f"babi_world {Builder.VERSION} (generated)",
        parts={"One seed": [{"seed": 0}]},
        targets={"error_percent_mean": ("≤", 5.0)},
        loss_label="cross-entropy in nats",
        beyond=stories_beyond.beyond,
    )
