"""Associative recall: a memory machine finds what came after an item.

Items of three vectors are shown one after another, then one of them again; the answer is the
item that came after it. Trained on 2 to 6 items, a machine is tested on up to 24.

    step     0  1-3  4  5-7  8  9-11  12  13-15     2 items A, B
    input    |   A   |   B   ?    A    ?    .
    target   .   .   .   .   .    .    .    B
"""

from typing import ClassVar, Literal

import keras
from pydantic import Field, NonNegativeInt, PositiveInt

from ...zoo.machines.controllers import CONTROLLERS
from ..datasets.associative_recall import VECTORS, Builder
from ..datasets.episodes import EpisodeConfig, episode_config
from ..running.argument_types import Answer
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .associative_recall_study import STUDY
from .family import MachineRecipe
from .typed_bits import as_text, parse_bits, whole_number


@recipe_dataclass
class AssociativeRecall(MachineRecipe):
    """Section 4.3 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401).

    Defaults are the paper's machine with a feed-forward controller, four read and four write
    heads. Batches of 2, where the paper does not say, and 50,000 episodes in all. With
    some seeds about 1.4 of 18 bits stay wrong for 20,000 episodes, until all are right.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("associative_recall", machine="dnc", items=(6, 24))
    >>> type(recipe.model()).__name__  # another machine in the place of the paper's
    'DNC'
    """

    epochs: PositiveInt = Field(25, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1000, description="updates in an epoch")
    batch_size: PositiveInt = Field(2, description="episodes in an update")
    decay_epochs: NonNegativeInt = Field(
        3, description="last epochs, over which the learning rate falls to zero"
    )
    train_examples: PositiveInt = Field(150_000, description="episodes to sample from")

    bits: PositiveInt = Field(6, description="width of a vector")
    min_items: PositiveInt = Field(2, ge=2, description="fewest items in training")
    max_items: PositiveInt = Field(6, ge=2, description="most items in training")
    items: Integers = Field((6, 12, 24), min_length=1, description="numbers of items tested")

    controller: Literal[*CONTROLLERS] = Field(
        "feedforward", description="the machine's controller"
    )
    controller_units: PositiveInt = Field(256, description="units of the controller")
    num_heads: PositiveInt = Field(
        4, description="read heads; but for the DNC, as many write heads"
    )

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("items", "test_episodes")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.min_items > self.max_items:
            raise ValueError(
                f"Expected min_items up to max_items={self.max_items}. Received: "
                f"min_items={self.min_items}"
            )

    @property
    def slots_needed(self) -> int:
        return VECTORS * max(self.max_items, *self.items)

    def answer(self, model: keras.Model, items: str, queried: str) -> Answer:
        """Have the machine find what came after one of the items that the user typed."""
        vectors = parse_bits(items, self.bits, self.questions["items"])
        if len(vectors) < 2 * VECTORS or len(vectors) % VECTORS:
            raise ValueError(
                f"Expected two items or more, {VECTORS} vectors each. Received: "
                f"{len(vectors)} vectors"
            )
        stored = vectors.reshape(-1, VECTORS, self.bits)
        item = whole_number("queried", queried, 1, len(stored) - 1)
        found = self.answered(model, stored, item - 1)
        return {
            "item": as_text(found),
            "wrong_bits": int(((found > 0.5) != stored[item]).sum()),
        }

    @property
    def training(self) -> EpisodeConfig:
        items = self.min_items, self.max_items
        return episode_config(self.bits, self.train_examples, items=items)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        return {f"items_{n}": episode_config(self.bits, items=n) for n in self.items}
