"""The bAbI tasks as the texts of a recipe, with copies in which names are exchanged."""

import functools
from typing import Literal

import numpy as np
from pydantic import Field, NonNegativeInt

from ..datasets import load
from ..datasets.babi import SIZES, TASKS, Builder, babi_config
from ..running.argument_types import Arrays
from ..running.recipe import recipe_dataclass
from .babi_exchanges import exchanged
from .babi_others import with_others
from .family import StoryRecipe

FRACTION = 0.9  # of the training questions; the others are for validation


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
class BabiStories(StoryRecipe):
    """Stories of one of the twenty bAbI tasks, or of all, in one of two sizes."""

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

    @property
    def updates_per_pass(self) -> int:
        """Updates in one pass over the training questions, and their copies."""
        questions = {"1k": 1_000, "10k": 10_000}[self.size] * (1 if self.task else len(TASKS))
        return round(questions * FRACTION) * (1 + self.exchanges) // self.batch_size

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
        return {name: texts[name] for name in self.columns}
