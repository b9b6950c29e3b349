"""Questions about your own stories: a memory network that is trained on a file."""

import functools
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets.question_files import FORMATS, Question, read_own_questions
from ..datasets.stored_rows import Column
from ..running.argument_types import Arrays, Figures, Metrics, Split
from ..running.own_files import OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from .family_study import story_study
from .memn2n_family import MemN2NStories


@recipe_dataclass
class StoriesFromFile(MemN2NStories, OwnFiles):
    """Stories, questions and answers out of a file, for `zoo.MemN2N`.

    All questions about a story are in one split.
    """

    epochs: PositiveInt = Field(40, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(200, description="updates in an epoch")
    linear_epochs: NonNegativeInt = Field(
        15, description="first epochs, without the soft-max"
    )
    halving_epochs: PositiveInt = Field(
        8, description="later epochs after which the learning rate is halved"
    )
    format: Literal["", *FORMATS.values()] = Field(
        "", description="of the files; by the ending of a name if empty"
    )

    contents: ClassVar = "questions"
    study: ClassVar = story_study(data=file_name)
    # All questions are of one task.
    task: ClassVar[int] = 1

    def read(self, path: str) -> Iterator[Question]:
        return read_own_questions(path, self.format)

    def groups(self, examples: Sequence[Question]) -> Iterator[int]:
        """The number of each question's story; one that goes on is the same story."""
        number, before = 0, None
        for story, _, _ in examples:
            if before is not None and not (before and story.startswith(before)):
                number += 1
            before = story
            yield number

    @functools.cached_property
    def _texts(self):
        return {}

    def texts(self, split: str) -> Arrays:
        """Stories and questions, which stay on disk, and answers."""
        if split not in self._texts:
            own, answers = self.own[split], {}
            found = (answers.setdefault(answer, answer.encode()) for _, _, answer in own)
            self._texts[split] = {
                "story": Column(own, lambda row: row[0].encode()),
                "question": Column(own, lambda row: row[1].encode()),
                "answer": np.array(list(found), object),
                "task": np.full(len(own), self.task),
            }
        return self._texts[split]

    def found(self) -> str:
        answers = sorted({text.decode() for text in self.texts("train")["answer"]})
        longest = self.examples("train")["story"].shape[1]
        return (
            f"{len(self.vocabulary)} words; stories of up to {longest} sentences; "
            f"{len(answers)} answers, as {answers[0]!r}"
        )

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The percentage of wrong answers."""
        return {"error_percent": self.errors(model, self.texts(split))[self.task]}

    def figures(self, model: keras.Model) -> Figures:
        """What each hop reads in a story of the test split."""
        return dict(zip(["story"], super().figures(model).values(), strict=False))
