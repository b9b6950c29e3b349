"""Graph traversal: a memory machine follows a way through a graph that it is shown.

The edges of a random graph come one a step, each a triple (source, label, destination); then
the first node of a way, and the labels of its edges. The answer is the nodes on the way.
Trained on graphs of up to 10 nodes, a machine is tested on up to 20.
"""

from typing import ClassVar, Literal

import keras
from pydantic import Field, PositiveFloat, PositiveInt

from ..datasets.episodes import EpisodeConfig, episode_config
from ..datasets.graph_traversal import DIGITS, OUT, Builder
from ..running.argument_types import Arrays, Metrics
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import MACHINES, MachineRecipe, wrong_and_solved
from .graph_traversal_study import STUDY


@recipe_dataclass
class GraphTraversal(MachineRecipe):
    """The traversal task of [Graves et al., 2016](https://doi.org/10.1038/nature20101).

    Smaller than there: labels of two digits, ways of up to four edges, no curriculum.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("graph_traversal", machine="ntm", max_nodes=8)
    >>> type(recipe.model()).__name__  # another machine in the place of the paper's
    'NTM'
    """

    epochs: PositiveInt = Field(40, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(250, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="episodes in an update")
    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of RMSProp")
    train_examples: PositiveInt = Field(200_000, description="episodes to sample from")

    max_nodes: PositiveInt = Field(
        10, ge=3, le=DIGITS**2, description="most nodes in training"
    )
    max_edges: PositiveInt = Field(4, description="most edges of a way")
    nodes: Integers = Field((10, 15, 20), min_length=1, description="nodes in tests")

    machine: Literal[*MACHINES] = Field("dnc", description="the machine, or the baseline")
    controller_units: PositiveInt = Field(128, description="units of the controller")
    memory_slots: PositiveInt = Field(64, description="rows of the memory")
    memory_width: PositiveInt = Field(32, description="columns of the memory")
    num_heads: PositiveInt = Field(
        2, description="read heads; but for the DNC, as many write heads"
    )

    builder: ClassVar = Builder
    fields_of_tests: ClassVar = ("nodes", "test_episodes")
    study: ClassVar = STUDY

    def __post_init__(self):
        if wrong := [n for n in self.nodes if not 2 <= n <= DIGITS**2]:
            raise ValueError(
                f"Expected nodes from 2 to {DIGITS**2}, as many as there are labels. "
                f"Received: {wrong[0]}"
            )
        super().__post_init__()

    @property
    def slots_needed(self) -> int:
        return OUT * max(self.max_nodes, *self.nodes)

    @property
    def training(self) -> EpisodeConfig:
        return self._config((3, self.max_nodes), (1, self.max_edges), self.train_examples)

    @property
    def tests(self) -> dict[str, EpisodeConfig]:
        return {f"nodes_{n}": self._config(n, self.max_edges) for n in self.nodes}

    def _config(self, nodes, edges, train_examples=0):
        return episode_config(2 * DIGITS, train_examples, nodes=nodes, edges=edges)

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """As of the others, and the share of ways that are wholly right."""
        return wrong_and_solved(self, model, examples, name)
