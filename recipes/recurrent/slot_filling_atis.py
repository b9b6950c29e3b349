"""Slots of requests of air travel: from where, to where, when, at what cost.

show flights from boston to denver on monday
O    O       O    B-from O  B-to   O  B-day
"""

from typing import ClassVar

from ..datasets import load
from ..datasets.atis import Builder
from ..running.argument_types import Arrays, Metrics
from ..running.recipe import recipe_dataclass
from .published_tagging import PublishedTagging
from .slots_study import ATIS, measured
from .tagging import Known, Tags


@recipe_dataclass
class SlotFillingATIS(PublishedTagging):
    """The task of [Mesnil et al., 2015](https://doi.org/10.1109/TASLP.2014.2383614).

    In the split of [Goo et al., 2018](https://aclanthology.org/N18-2118), whose files must be
    at hand. With `path`, any sentences with a tag for each word.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("slot_filling_atis", encoder="elman", window=3)
    >>> sorted(recipe.published)
    ['f1', 'intent_accuracy', 'sentence_accuracy']
    """

    study: ClassVar = ATIS

    def published_sentences(self, split: str) -> Arrays:
        return load(Builder, None, split)

    def measured(self, true: Tags, predicted: Tags, is_known: Known) -> Metrics:
        return measured(true, predicted)
