"""Reused copy: a memory machine copies far more vectors than its memory has slots.

Vectors come in blocks, and each block is copied before the next is shown. Ten blocks of five
vectors do not fit into ten slots: a machine has to free what it has read.

    step     0   1   2   3   4   5   6   7   8   9     2 blocks of 2 vectors
    input    a   b   |   .   .   c   d   |   .   .
    target   .   .   .   a   b   .   .   .   c   d
"""

from typing import ClassVar, Literal

import keras
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo.machines.controllers import CONTROLLERS
from ..datasets.episodes import EpisodeConfig, episode_config
from ..datasets.reused_copy import Builder
from ..running.argument_types import Answer, Arrays, Metrics
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import MACHINES, MachineRecipe, wrong_and_solved
from .reused_copy_study import STUDY
from .typed_bits import as_text, parse_bits


@recipe_dataclass
class ReusedCopy(MachineRecipe):
    """Extended Data Figure 1 of [Graves et al., 2016](https://doi.org/10.1038/nature20101).

    Ten slots for 50 vectors, as there; the other sizes are ours, and 200,000 episodes in all.
    The controller has no state of its own: an LSTM would hold five vectors itself, and leave
    the memory alone.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("reused_copy", memory_slots=5, blocks=(10, 100))
    >>> recipe.model().output_shape  # bits of a vector
    (None, None, 6)
    """

    epochs: PositiveInt = Field(100, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(250, description="updates in an epoch")
    decay_epochs: NonNegativeInt = Field(
        60, description="last epochs, over which the learning rate falls to zero"
    )
    batch_size: PositiveInt = Field(8, description="episodes in an update")
    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of RMSProp")

    bits: PositiveInt = Field(6, description="width of a vector")
    min_length: PositiveInt = Field(1, description="fewest vectors of a block in training")
    max_length: PositiveInt = Field(5, description="most vectors of a block in training")
    max_blocks: PositiveInt = Field(10, description="most blocks in training")
    blocks: Integers = Field(
        (10, 20, 40), min_length=1, description="blocks of the most vectors, in tests"
    )

    machine: Literal[*MACHINES] = Field("dnc", description="the machine, or the baseline")
    memory_slots: PositiveInt = Field(10, description="rows of the memory")
    controller: Literal[*CONTROLLERS] = Field(
        "feedforward", description="the machine's controller"
    )
    controller_units: PositiveInt = Field(64, description="units of the controller")

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("blocks", "test_episodes")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.min_length > self.max_length:
            raise ValueError(
                f"Expected min_length up to max_length={self.max_length}. Received: "
                f"min_length={self.min_length}"
            )

    @property
    def slots_needed(self) -> int:
        return self.max_length

    @property
    def training(self) -> EpisodeConfig:
        sizes = {
            "length": (self.min_length, self.max_length),
            "blocks": (1, self.max_blocks),
        }
        return episode_config(self.bits, self.train_examples, **sizes)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        length = self.max_length
        return {
            f"length_{length * blocks}": episode_config(
                self.bits, length=length, blocks=blocks
            )
            for blocks in self.blocks
        }

    def answer(self, model: keras.Model, bits: str) -> Answer:
        """Have the machine copy what the user typed, in blocks of at most `max_length`."""
        vectors = parse_bits(bits, self.bits, self.questions["bits"])
        length = next(n for n in range(self.max_length, 0, -1) if len(vectors) % n == 0)
        found = self.answered(model, vectors.reshape(-1, length, self.bits))
        wrong = int(((found > 0.5) != vectors).sum())
        return {"copy": as_text(found), "vectors_of_a_block": length, "wrong_bits": wrong}

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """As of the others, and the share of episodes that are wholly right."""
        return wrong_and_solved(self, model, examples, name)
