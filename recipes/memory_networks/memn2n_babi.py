"""Twenty tasks of reading: an end-to-end memory network answers questions about stories.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  hop 1 reads "Mary got the milk", hop 2 "Mary travelled to the hallway"

The network is trained on stories, questions and answers, never on which sentences support an
answer: these, it must find itself.
"""

from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ..running.argument_types import Fields
from ..running.recipe import recipe_dataclass
from .babi_stories import BabiStories
from .memn2n_babi_study import STUDY
from .memn2n_family import MemN2NStories

PASSES = 5  # over the training split, from validation to validation
# The paper's settings, epochs in so many passes as PASSES.
PAPER = {
    "one_task": {"dim": 20, "epochs": 24, "linear_epochs": 4, "halving_epochs": 5},
    "1k_joint": {"dim": 50, "epochs": 18, "linear_epochs": 6, "halving_epochs": 3},
    "10k_joint": {"dim": 50, "epochs": 6, "linear_epochs": 2, "halving_epochs": 1},
}
BY_PAPER = "that of the paper if absent"


@recipe_dataclass
class MemN2NBabi(MemN2NStories, BabiStories):
    """Section 4 of [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895).

    Defaults are the paper's, which differ between one network for each task and one for all
    of them, and with the size. Batches are sampled without replacement, not with it.

    Example:

    >>> from keras_memory import recipes
    >>> joint, single = recipes.get("memn2n_babi"), recipes.get("memn2n_babi", task=2)
    >>> joint.dim, single.dim  # the paper's, of one network for all tasks, and for one
    (50, 20)
    """

    epochs: PositiveInt | None = Field(
        None, description=f"of {PASSES} passes over the data; {BY_PAPER}"
    )
    steps_per_epoch: PositiveInt | None = Field(
        None, description=f"updates in an epoch; {BY_PAPER}"
    )
    learning_rate: PositiveFloat | None = Field(
        None, allow_inf_nan=False, description=f"at first; {BY_PAPER}"
    )
    linear_epochs: NonNegativeInt | None = Field(
        None, description=f"first epochs, without the soft-max; {BY_PAPER}"
    )
    halving_epochs: PositiveInt | None = Field(
        None, description=f"later epochs that halve the learning rate; {BY_PAPER}"
    )
    dim: PositiveInt | None = Field(
        None, description=f"width of a sentence's vector; {BY_PAPER}"
    )

    study: ClassVar = STUDY

    def defaults(self) -> Fields:
        """The paper's, by the size, the tasks, and whether training starts linearly."""
        size = "10k" if self.exchanges else self.size
        paper = PAPER["one_task" if self.task else f"{size}_joint"]
        defaults = {**paper, "steps_per_epoch": max(1, PASSES * self.updates_per_pass)}
        if self.linear_epochs == 0:  # a start with the soft-max may be faster, and shorter
            defaults["epochs"] -= paper["linear_epochs"]
        defaults["learning_rate"] = 1e-2 if self.linear_epochs == 0 else 5e-3
        return defaults

    @property
    def column(self) -> str:
        """What the paper calls such a network in its tables; nothing if it has none."""
        width = PAPER["one_task" if self.task else f"{self.size}_joint"]["dim"]
        others = self.score, self.selection, self.activation, self.memory_size, self.dim
        if others != ("dot", "softmax", "linear", 50, width):
            return ""
        words = [
            "BoW" if self.encoding == "bag_of_words" else "PE",
            "LS" if self.linear_epochs else "",
            "LW" if self.tying == "layer_wise" else "",
            "RN" if self.noise else "",
            "" if self.task else "joint",
        ]
        hops = {1: "1 hop ", 3: ""}.get(self.hops, f"{self.hops} hops ")
        return hops + " ".join(word for word in words if word)
