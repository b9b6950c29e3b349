"""A simulated world as the texts of a recipe: stories as long as requested, no download."""

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load
from ..datasets.babi_world import Builder, babi_world_config
from ..datasets.babi_world.world import TASKS
from ..running.argument_types import Arrays
from ..running.recipe import recipe_dataclass
from .babi_others import retold
from .family import StoryRecipe


@recipe_dataclass
class BabiWorldStories(StoryRecipe):
    """Stories of a simulated world, of one of its tasks or of all."""

    task: NonNegativeInt = Field(0, description="a bAbI task's number, or 0 for all")
    min_sentences: PositiveInt = Field(2, description="of the shortest story")
    max_sentences: PositiveInt = Field(12, description="of the longest story")
    distractors: NonNegativeInt = Field(0, description="sentences about others in a story")
    train_examples: PositiveInt = Field(3_000, description="training questions of a task")
    others: NonNegativeInt = Field(
        0, description="highest number of facts in copies about other persons; 0: no copies"
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
        texts = {name: texts[name] for name in self.columns}
        if split != "train" or not self.others:
            return texts
        copy = retold(texts, (self.seed, self.others), self.others)
        return {name: np.concatenate([texts[name], copy[name]]) for name in texts}
