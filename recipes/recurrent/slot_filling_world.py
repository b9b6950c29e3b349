"""Slots of requests of travel out of a grammar: a tagger that needs no files.

show me trains to belaton from lininburg
O    O  O      O  B-to    O    B-from
"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..datasets import load
from ..datasets.travel_requests import Builder, travel_requests_config
from ..running.argument_types import Arrays, Metrics
from ..running.recipe import recipe_dataclass
from .published_tagging import PublishedTagging
from .slots_study import WORLD, measured
from .tagging import Known, Tags


@recipe_dataclass
class SlotFillingWorld(PublishedTagging):
    """Requests of our own, of the kind that ATIS has, a quarter of whose cities are new.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("slot_filling_world", encoder="bidirectional", crf=False)
    >>> recipe.overrides
    {'crf': False}
    """

    epochs: PositiveInt = Field(12, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(125, description="updates in an epoch")
    units: PositiveInt = Field(64, description="of the encoder, in each direction")
    embedding_dim: PositiveInt = Field(32, description="width of a word's vector")
    letter_dim: PositiveInt = Field(32, description="width of a word's vector by letters")
    train_examples: PositiveInt = Field(4_000, description="requests for training")

    study: ClassVar = WORLD

    def published_sentences(self, split: str) -> Arrays:
        return load(Builder, travel_requests_config(self.train_examples), split)

    def measured(self, true: Tags, predicted: Tags, is_known: Known) -> Metrics:
        return measured(true, predicted)
