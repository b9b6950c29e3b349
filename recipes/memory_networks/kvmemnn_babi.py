"""Twenty tasks of reading: a key-value memory network finds keys, and reads their values.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  hop 1 reads "Mary got the milk", hop 2 "Mary travelled to the hallway"

A key is a sentence, and so is its value; or a key is a window of words, and its value is the
word in the centre.
"""

from typing import ClassVar

from pydantic import Field, PositiveFloat, PositiveInt

from ..running.argument_types import Fields
from ..running.recipe import recipe_dataclass
from .babi_stories import BabiStories
from .kvmemnn_babi_study import STUDY
from .kvmemnn_family import KeyValueStories


@recipe_dataclass
class KVMemNNBabi(KeyValueStories, BabiStories):
    """Section 3 of [Miller et al., 2016](https://arxiv.org/abs/1606.03126), on the tasks of
    [Weston et al., 2015](https://arxiv.org/abs/1502.05698).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("kvmemnn_babi", keys="window", encoding="bag_of_words")
    >>> recipe.published["error_percent_mean"]
    (20.5, 'Zhao 2016, bag of words')
    """

    steps_per_epoch: PositiveInt | None = Field(
        None, description="updates in an epoch; one pass over the questions if absent"
    )
    learning_rate: PositiveFloat = Field(
        1e-3, allow_inf_nan=False, description="of Adam, at first"
    )

    study: ClassVar = STUDY

    def defaults(self) -> Fields:
        return {**super().defaults(), "steps_per_epoch": max(1, self.updates_per_pass)}
