"""Reading about a simulated world: a memory network that needs no download.

The stories are our own, of the kind that the bAbI tasks 1-3, 5-9 and 11-14 are, and as long
as requested: see how a memory of thousands of sentences is read.
"""

from typing import ClassVar

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load
from ..datasets.babi_world import Builder, babi_world_config
from ..datasets.babi_world.world import TASKS
from ..running.argument_types import Arrays
from ..running.recipe import recipe_dataclass
from . import stories_beyond
from .babi_exchanges import STRINGS
from .babi_others import retold
from .family import StoryRecipe
from .family_study import story_study


@recipe_dataclass
class MemN2NBabiWorld(StoryRecipe):
    """The network of [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895)."""

    epochs: PositiveInt = Field(30, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1124, description="updates in an epoch")
    linear_epochs: NonNegativeInt = Field(
        10, description="first epochs, without the soft-max"
    )
    halving_epochs: PositiveInt = Field(
        5, description="later epochs after which the learning rate is halved"
    )

    task: NonNegativeInt = Field(0, description="a bAbI task's number, or 0 for all")
    min_sentences: PositiveInt = Field(2, description="of the shortest story")
    max_sentences: PositiveInt = Field(12, description="of the longest story")
    distractors: NonNegativeInt = Field(0, description="sentences about others in a story")
    train_examples: PositiveInt = Field(3_000, description="training questions of a task")
    others: NonNegativeInt = Field(
        0, description="highest number of facts in copies about other persons; 0: no copies"
    )

    study: ClassVar = story_study(
        data=f"babi_world {Builder.VERSION} (generated)",
        parts={
            "One seed": [{"seed": 0}],
            "Other persons, facts about others": [{"seed": 0, "others": 12}],
        },
        targets={"error_percent_mean": ("≤", 5.0)},
        preset=lambda recipe: f"{recipe.name}_others" if recipe.others else recipe.name,
        beyond=stories_beyond.beyond,
    )

    def __post_init__(self):
        super().__post_init__()
        if self.task and self.task not in TASKS:
            raise ValueError(
                f"Expected a task (0, {', '.join(map(str, TASKS))}). Received: {self.task}"
            )
        if self.min_sentences > self.max_sentences:
            raise ValueError(
                f"Expected min_sentences up to max_sentences={self.max_sentences}. Received: "
                f"min_sentences={self.min_sentences}"
            )

    def texts(self, split: str) -> Arrays:
        # What is held out is the same beside any number of examples for training.
        config = babi_world_config(
            self.task,
            self.min_sentences,
            self.max_sentences,
            self.distractors,
            self.train_examples if split == "train" else 0,
        )
        texts = load(Builder, config, split)
        texts = {name: texts[name] for name in (*STRINGS, "task")}
        if split != "train" or not self.others:
            return texts
        copy = retold(texts, (self.seed, self.others), self.others)
        return {name: np.concatenate([texts[name], copy[name]]) for name in texts}
