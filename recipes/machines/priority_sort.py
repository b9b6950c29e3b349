"""Priority sort: a memory machine sorts vectors by their priorities.

Twenty vectors come, with a priority each; the answer is the sixteen of the highest
priorities, sorted. Trained on that, a machine is tested on longer lists.
"""

from typing import ClassVar, Literal

from pydantic import Field, PositiveInt

from ...zoo.machines.controllers import CONTROLLERS
from ..datasets.episodes import EpisodeConfig, episode_config
from ..datasets.priority_sort import Builder
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import MachineRecipe
from .priority_sort_study import STUDY

# Of five vectors, four are in the answer.
GROUP, SORTED = 5, 4
# Bits that an episode costs after 200,000 of them, read off the paper's curve.
PAPERS_COST = 40.0


@recipe_dataclass
class PrioritySort(MachineRecipe):
    """Section 4.5 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401).

    Defaults are the paper's machine with a feed-forward controller, eight read and eight
    write heads, and 200,000 episodes, in batches of 16, where the paper does not say; its
    rate is 3e-5.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("priority_sort", vectors=10, tested=(10, 20))
    >>> recipe.model().output_shape  # bits of the vectors, in the order of their priorities
    (None, None, 8)
    """

    epochs: PositiveInt = Field(25, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(500, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="episodes in an update")
    train_examples: PositiveInt = Field(200_000, description="episodes to sample from")

    bits: PositiveInt = Field(8, description="width of a vector")
    vectors: PositiveInt = Field(
        20, multiple_of=GROUP, description=f"in training; {SORTED} of {GROUP} are answered"
    )
    tested: Integers = Field((20, 40, 80), min_length=1, description="vectors in tests")

    controller: Literal[*CONTROLLERS] = Field(
        "feedforward", description="the machine's controller"
    )
    controller_units: PositiveInt = Field(512, description="units of the controller")
    num_heads: PositiveInt = Field(
        8, description="read heads; but for the DNC, as many write heads"
    )
    lstm_units: PositiveInt = Field(128, description="units of each LSTM of the baseline")

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("tested", "test_episodes")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if wrong := [n for n in self.tested if n % GROUP]:
            raise ValueError(
                f"Expected tested to be multiples of {GROUP}. Received: {wrong[0]}"
            )

    @property
    def slots_needed(self) -> int:
        return max(self.vectors, *self.tested)

    @property
    def solved_below(self) -> tuple[str, float]:
        return "val_loss", PAPERS_COST

    @property
    def training(self) -> EpisodeConfig:
        return self._config(self.vectors, self.train_examples)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        return {
            "" if n == self.vectors else f"vectors_{n}": self._config(n) for n in self.tested
        }

    def _config(self, vectors, train_examples=0):
        answered = vectors * SORTED // GROUP
        return episode_config(self.bits, train_examples, vectors=vectors, sorted=answered)
