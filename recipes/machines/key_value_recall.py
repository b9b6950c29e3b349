"""Key-value recall: a memory machine finds values by their keys, and keys by their values.

Pairs of a key and a value are shown, then the keys in another order; the answer is the value
of each. With `two_way`, either side is shown, and the answer is the other: a look-up has to
leave one side out.

    step     0   1   2   3   4      2 pairs
    input    ka  kb  |   kb  ka
             va  vb  .   .   .
    target   .   .   .   vb  va
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ..datasets.episodes import EpisodeConfig, episode_config
from ..datasets.key_value_recall import Builder
from ..running.argument_types import Answer
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import MACHINES, MachineRecipe
from .key_value_recall_study import STUDY
from .typed_bits import as_text, parse_bits


@recipe_dataclass
class KeyValueRecall(MachineRecipe):
    """The key-value tasks of [Csordás & Schmidhuber, 2019](https://arxiv.org/abs/1904.10278).

    Their sizes: pairs of 12 bits, 2 to 16 of them, a memory of 16 × 32, one read head and 32
    units; the rate is ours.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("key_value_recall", corrections=["masked_lookup"], two_way=True)
    >>> type(recipe.model()).__name__
    'DNC'
    """

    epochs: PositiveInt = Field(40, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(250, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="episodes in an update")
    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of RMSProp")

    bits: PositiveInt = Field(6, le=12, description="width of a key, and of a value")
    max_pairs: PositiveInt = Field(16, ge=2, description="most pairs in training")
    two_way: bool = Field(False, description="whether questions are of values, too")
    pairs: Integers = Field((16, 32, 64), min_length=1, description="pairs in tests")

    machine: Literal[*MACHINES] = Field("dnc", description="the machine, or the baseline")
    controller_units: PositiveInt = Field(32, description="units of the controller")
    memory_slots: PositiveInt = Field(64, description="rows of the memory")
    memory_width: PositiveInt = Field(32, description="columns of the memory")

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("pairs", "test_episodes")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.slots_needed > 2**self.bits:
            raise ValueError(
                f"Expected up to {2**self.bits} pairs, as many as there are keys of "
                f"{self.bits} bits. Received: {self.slots_needed}"
            )

    @property
    def slots_needed(self) -> int:
        return max(self.max_pairs, *self.pairs)

    def answer(self, model: keras.Model, pairs: str, key: str) -> Answer:
        """Have the machine find the value of a key among pairs that the user typed."""
        keys, values = (
            parse_bits(",".join(side), self.bits, self.questions["pairs"])
            for side in zip(
                *(pair.partition("=")[::2] for pair in pairs.split(",")), strict=True
            )
        )
        (found,) = np.nonzero(
            (keys == parse_bits(key, self.bits, self.questions["key"])).all(axis=1)
        )
        if len(found) != 1:
            raise ValueError(f"Expected a key of one of the pairs. Received: {key!r}")
        value = self.answered(model, (keys, values), found, [0])
        wrong = int(((value > 0.5) != values[found]).sum())
        return {"value": as_text(value), "wrong_bits": wrong}

    @property
    def training(self) -> EpisodeConfig:
        return self._config((2, self.max_pairs), self.train_examples)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        return {f"pairs_{n}": self._config(n) for n in self.pairs}

    def _config(self, pairs, train_examples=0):
        two_way = int(self.two_way)
        return episode_config(self.bits, train_examples, pairs=pairs, two_way=two_way)
