"""Questions about your own stories: a memory network that is trained on a file."""

import functools
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets.question_files import FORMATS, Question, read_own_questions
from ..datasets.stored_rows import Column, RowsByNumber, StoredRows, filled
from ..running.argument_types import Arrays, Figures, Metrics, Split
from ..running.batches import rows_of_part
from ..running.own_files import OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import quoted
from .family import AT_ONCE
from .family_study import story_study
from .memn2n_family import MemN2NStories


@recipe_dataclass
class StoriesFromFile(MemN2NStories, OwnFiles):
    r"""Stories, questions and answers out of a file, for `zoo.MemN2N`.

    All questions about a story are in one split.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> text = "Bo walks to the garage.\tWhere is Bo?\tgarage\n"
    >>> size = Path("rooms.tsv").write_text(text * 20)
    >>> recipe = recipes.get("stories_from_file", path="rooms.tsv", hops=2)
    >>> next(iter(recipe.read("rooms.tsv")))
    ('Bo walks to the garage.', 'Where is Bo?', 'garage')
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
                "task": np.full(len(own), self.task, "int8"),
            }
        return self._texts[split]

    def stored(self, split: str) -> RowsByNumber:
        """The words of stories and questions as numbers, which stay on disk, and answers."""
        texts, answers, lengths, shapes = self.texts(split), [], [], []

        def rows():
            for start in range(0, len(texts["story"]), AT_ONCE):
                part = rows_of_part(texts, slice(start, start + AT_ONCE))
                found = self._numbers(part, self._text)
                length = super(StoriesFromFile, self).lengths(found)
                answers.append(found["answer"])
                lengths.append(length.astype("int32"))
                shapes.append((*found["story"].shape[1:], found["question"].shape[1]))
                for story, question, size in zip(
                    found["story"], found["question"], length, strict=True
                ):
                    yield story[:size], question

        stored = StoredRows(rows())
        answers, lengths = np.concatenate(answers), np.concatenate(lengths)
        sentences, words, of_question = np.max(shapes, axis=0).tolist()
        # An answer out of the vocabulary has no loss; `evaluate` counts it as wrong.
        is_known, dtype = answers >= 0, stored[0][0].dtype.name
        columns = {
            "story": (
                lambda row: filled(row[0], (sentences, words)),
                dtype,
                sentences,
                words,
            ),
            "question": (lambda row: filled(row[1], (of_question,)), dtype, of_question),
            "answer": answers[is_known],
            "length": lengths[is_known],
        }
        return RowsByNumber(stored.chosen(is_known), columns)

    def examples(self, split: str) -> Arrays:
        return self.records(split)[:]

    def lengths(self, examples: Arrays) -> np.ndarray:
        return examples["length"]

    @property
    def most_sentences(self) -> int:
        return self.records("train").specs["story"].shape[0]

    def found(self) -> str:
        answers = sorted({text.decode() for text in self.texts("train")["answer"]})
        if len(answers) == 1:
            raise ValueError(
                f"{self.path}: Expected answers that differ for train. Received: "
                f"{answers[0]!r} alone"
            )
        longest = self.most_sentences
        return (
            f"{len(self.vocabulary)} words; stories of up to {longest} sentences; "
            f"{len(answers)} answers, as {answers[0]!r}"
        )

    def sample(self) -> str:
        """Story, question and answer."""
        story, question, answer = map(quoted, self.own["train"][0])
        return f"{story}, {question} → {answer}"

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The percentage of wrong answers."""
        texts, wrong = self.texts(split), 0.0
        size = len(texts["story"])
        for start in range(0, size, AT_ONCE):
            part = rows_of_part(texts, slice(start, start + AT_ONCE))
            wrong += self.errors(model, part)[self.task] * len(part["story"])
        return {"error_percent": wrong / size}

    def figures(self, model: keras.Model) -> Figures:
        """What each hop reads in a story of the test split."""
        return dict(zip(["story"], super().figures(model).values(), strict=False))
