"""Twenty tasks of reading: an end-to-end memory network answers questions about stories.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  hop 1 reads "Mary got the milk", hop 2 "Mary travelled to the hallway"

The network is trained on stories, questions and answers, never on which sentences support an
answer: these, it must find itself.
"""

import functools
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ..datasets import load
from ..datasets.babi import SIZES, TASKS, Builder, babi_config
from ..running.argument_types import Arrays, Fields
from ..running.recipe import recipe_dataclass
from .babi_exchanges import STRINGS, exchanged
from .babi_others import with_others
from .family import StoryRecipe
from .memn2n_babi_study import STUDY

PASSES = 5  # over the training split, from validation to validation
FRACTION = 0.9  # of the training questions; the others are for validation
# The paper's settings, epochs in so many passes as PASSES.
PAPER = {
    "one_task": {"dim": 20, "epochs": 24, "linear_epochs": 4, "halving_epochs": 5},
    "1k_joint": {"dim": 50, "epochs": 18, "linear_epochs": 6, "halving_epochs": 3},
    "10k_joint": {"dim": 50, "epochs": 6, "linear_epochs": 2, "halving_epochs": 1},
}
BY_PAPER = "that of the paper if absent"


def _is_held_out(texts):
    """Whether for validation: the last tenth of each task."""
    held_out = np.zeros(len(texts["task"]), bool)
    for task in np.unique(texts["task"]):
        (indices,) = np.nonzero(texts["task"] == task)
        held_out[indices[round(len(indices) * FRACTION) :]] = True
    return held_out


def _where(is_chosen, texts):
    return {name: array[is_chosen] for name, array in texts.items()}


@recipe_dataclass
class MemN2NBabi(StoryRecipe):
    """Section 4 of [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895).

    Defaults are the paper's, which differ between one network for each task and one for all
    of them, and with the size. Batches are sampled without replacement, not with it.
    """

    size: Literal[*SIZES] = Field("1k", description="training questions of a task")
    task: NonNegativeInt = Field(0, le=len(TASKS), description="1 to 20, or 0 for all")
    exchanges: NonNegativeInt = Field(
        0, description="copies of each training question in which names are exchanged"
    )
    across_tasks: bool = Field(
        False, description="whether persons in copies may be those of other tasks"
    )
    others: NonNegativeInt = Field(
        0, description="highest number of facts about other persons in a copy"
    )

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
        questions = {"1k": 1_000, "10k": 10_000}[self.size] * (1 if self.task else len(TASKS))
        updates = round(questions * FRACTION) * (1 + self.exchanges) // self.batch_size
        defaults = {**paper, "steps_per_epoch": max(1, PASSES * updates)}
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

    def texts(self, split: str) -> Arrays:
        if split == "train":
            return self._training_texts
        texts = self._published_texts("test" if split == "test" else "train")
        return _where(_is_held_out(texts), texts) if split == "validation" else texts

    @functools.cached_property
    def _training_texts(self):
        texts = self._published_texts("train")
        texts = _where(~_is_held_out(texts), texts)
        copies = [
            self._copy(_where(is_copied, texts), i)
            for i, is_copied in enumerate(self._copied(texts["task"]))
        ]
        return {k: np.concatenate([part[k] for part in (texts, *copies)]) for k in texts}

    def _copied(self, tasks):
        """Of which questions the first copy is made, the second, ...

        Of a task with fewer questions than others have, there are more copies.
        """
        _, task, counts = np.unique(tasks, return_inverse=True, return_counts=True)
        copies = self.exchanges and (1 + self.exchanges) * counts.max() // counts - 1
        return [(copies > i)[task] for i in range(np.max(copies))]

    def _copy(self, texts, number):
        copy = exchanged(texts, (self.seed, number), self.across_tasks)
        seed = self.seed, number, self.others
        return with_others(copy, seed, self.others, is_varied=True) if self.others else copy

    def _published_texts(self, split):
        texts = load(Builder, babi_config(self.size, self.task), split)
        return {name: texts[name] for name in (*STRINGS, "task")}
