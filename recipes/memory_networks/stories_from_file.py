"""Questions about your own stories: a memory network that is trained on a file."""

import functools
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets.question_files import COLUMNS, FORMATS, read_own_questions
from ..running.argument_types import Arrays, Figures, Metrics, Split
from ..running.fields import PathText
from ..running.progress import tell
from ..running.recipe import recipe_dataclass
from .memn2n_family import MemN2NStories

SPLITS = "train", "validation", "test"
# Stories are shared out by multiples of this, modulo 1: evenly, whatever their order.
GOLDEN = (5**0.5 - 1) / 2


@recipe_dataclass
class StoriesFromFile(MemN2NStories):
    """Stories, questions and answers out of a file, for `zoo.MemN2N`.

    Without files of their own, validation and tests have a fraction each of the stories, with
    all questions about them.
    """

    epochs: PositiveInt = Field(40, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(200, description="updates in an epoch")
    linear_epochs: NonNegativeInt = Field(
        15, description="first epochs, without the soft-max"
    )
    halving_epochs: PositiveInt = Field(
        8, description="later epochs after which the learning rate is halved"
    )

    path: PathText = Field("", description="the file, which training is for")
    format: Literal["", *FORMATS.values()] = Field(
        "", description="of the files; by the ending of a name if empty"
    )
    validation_path: PathText = Field("", description="a file for validation")
    validation_share: float = Field(
        0.1, gt=0, lt=0.5, description="or the fraction of the stories for it"
    )
    test_path: PathText = Field("", description="a file for tests")
    test_share: float = Field(
        0.1, gt=0, lt=0.5, description="or the fraction of the stories for it"
    )

    # All questions are of one task.
    task: ClassVar[int] = 1

    def texts(self, split: str) -> Arrays:
        return self._texts[split]

    @functools.cached_property
    def _texts(self):
        if not self.path:
            raise ValueError("Expected path, a file of stories and questions. Received: none")
        paths = {"validation": self.validation_path, "test": self.test_path}
        read = functools.partial(read_own_questions, format=self.format)
        texts = {split: list(read(path)) for split, path in paths.items() if path}
        questions = list(read(self.path))
        parts = self._parts(questions, {*SPLITS} - texts.keys())
        for split in {*SPLITS} - texts.keys():
            pairs = zip(questions, parts, strict=True)
            texts[split] = [question for question, part in pairs if part == split]
            if not texts[split]:
                raise ValueError(
                    f"{self.path}: Expected enough stories for {split}. Received: "
                    f"{len(questions)} questions"
                )
        return {split: _arrays(texts[split]) for split in SPLITS}

    def _parts(self, questions, splits):
        """The split of each question: that of its story."""
        shares = {"validation": self.validation_share, "test": self.test_share}
        number, before, parts = 0, None, []
        for story, _, _ in questions:
            if before is not None and not (before and story.startswith(before)):
                number += 1  # a story that goes on is the same one
            before, place, part = story, number * GOLDEN % 1, "train"
            for split, share in shares.items():
                if split in splits and 0 <= place < share:
                    part = split
                place -= share if split in splits else 0
            parts.append(part)
        return parts

    def prepare(self) -> None:
        """Read all files, and report what was found."""
        super().prepare()
        counts = [f"{len(self.texts(split)['story'])} for {split}" for split in SPLITS]
        answers = sorted({text.decode() for text in self.texts("train")["answer"]})
        longest = self.examples("train")["story"].shape[1]
        tell(
            f"{self.path}: questions: {', '.join(counts)}; {len(self.vocabulary)} words; "
            f"stories of up to {longest} sentences; {len(answers)} answers, as {answers[0]!r}"
        )

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The percentage of wrong answers."""
        return {"error_percent": self.errors(model, self.texts(split))[self.task]}

    def figures(self, model: keras.Model) -> Figures:
        """What each hop reads in a story of the test split."""
        return dict(zip(["story"], super().figures(model).values(), strict=False))


def _arrays(questions):
    columns = zip(*questions, strict=True)
    texts = {
        name: np.array([text.encode() for text in column], object)
        for name, column in zip(COLUMNS, columns, strict=True)
    }
    return {**texts, "task": np.full(len(questions), StoriesFromFile.task)}
