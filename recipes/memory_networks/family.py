"""The base of recipes that answer questions about stories."""

import abc
import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from ...zoo import figures
from ...zoo.text import Stories
from ..running.answers import columns, row_by_row
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Figures,
    Metrics,
    Split,
)
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .babi_exchanges import STRINGS
from .family_study import FAILED, summary_of

AT_ONCE = 10_000  # questions whose words are read


@recipe_dataclass
class StoryRecipe(Recipe):
    """A data set of stories, questions and answers, and a model that is trained on it.

    A subclass has the texts (`texts`) and a field `task`, 0 for all; another one the model,
    whose `answer` takes strings, what is to be reported of its reads, and their picture.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("memn2n_babi_world")
    >>> story = np.array([[[3, 4], [5, 0], [0, 0]]])  # words by their numbers; 0 is padding
    >>> recipe.lengths({"story": story})  # in sentences
    array([2])
    """

    # How many of the last sentences of a story are read: a field or a property.
    last_sentences: ClassVar[int]
    # Columns of the data set that are its texts.
    columns: ClassVar[tuple[str, ...]] = (*STRINGS, "task")
    # What batches of stories are cut to, in sentences: few lengths, as XLA compiles for each.
    lengths_of_batches: ClassVar[tuple[int, ...]] = (10, 20)

    @abc.abstractmethod
    def texts(self, split: str) -> Arrays:
        """Arrays of strings `story`, `question` and `answer`, and of integers `task`."""

    @functools.cached_property
    def vocabulary(self) -> list[str]:
        """Words of stories and questions, and answers, of the training split, sorted."""
        from ...zoo.text.stories import words_of
        from ...zoo.text.strings import lower_case

        texts, words = self.texts("train"), set()
        for start in range(0, len(texts["story"]), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            lines = {line for story in texts["story"][part] for line in story.split(b"\n")}
            lines.update(texts["question"][part])
            words.update(words_of(tf.constant(sorted(lines))).flat_values.numpy())
        words.update(lower_case(texts["answer"]).numpy())
        own = [word.decode() for word in sorted(words)]
        return self.with_pretrained("vocabulary", own)

    @functools.cached_property
    def _text(self):
        return Stories(self.vocabulary)

    @functools.cached_property
    def _examples(self):
        return {}

    def examples(self, split: str) -> Arrays:
        if split not in self._examples:
            examples = self._numbers(self.texts(split), self._text)
            # An answer out of the vocabulary has no loss; `evaluate` counts it as wrong.
            is_known = examples["answer"] >= 0
            if not is_known.all():
                examples = {k: v[is_known] for k, v in examples.items()}
            self._examples[split] = examples
        return self._examples[split]

    @property
    def most_sentences(self) -> int:
        """Of the stories in training, as far as they are read."""
        return self.examples("train")["story"].shape[1]

    def _numbers(self, texts, text):
        """Stories, questions and answers as word ids, those of `text`."""
        ids = _in_parts(
            lambda story, question: text.ids(
                text.sentences(story)[:, -self.last_sentences :], question
            ),
            texts["story"],
            texts["question"],
            dtype="int16" if text.size < 2**15 else "int32",
        )
        answers = text.answer_ids(texts["answer"], unknown=-1)
        return {**ids, "answer": answers, "task": texts["task"]}

    def lengths(self, examples: Arrays) -> Any:
        is_sentence = (examples["story"] != 0).any(axis=-1)
        return (is_sentence * np.arange(1, is_sentence.shape[1] + 1)).max(axis=-1)

    def to_batch(self, examples: Arrays) -> Batch:
        """A batch, without the sentences that are padding in all of its stories."""
        story = tf.cast(examples["story"], tf.int32)
        is_sentence = tf.cast(tf.reduce_any(story != 0, axis=-1), tf.int32)
        longest = tf.reduce_max(is_sentence * tf.range(1, tf.shape(story)[1] + 1))
        shorter = [length for length in self.lengths_of_batches if length < story.shape[1]]
        if shorter:
            enough = tf.boolean_mask(shorter, shorter >= longest)
            story = story[:, : tf.reduce_min(tf.concat([enough, [story.shape[1]]], axis=0))]
        question = tf.cast(examples["question"], tf.int32)
        return {"story": story, "question": question}, examples["answer"]

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The percentage of wrong answers, task by task, and how many tasks are failed."""
        return summary_of(self.errors(model, self.texts(split)))

    def errors(self, model: keras.Model, texts: Arrays) -> dict[int, float]:
        """The percentage of wrong answers to the questions in `texts`, by task."""
        examples = self._numbers(texts, model.text)
        wrong = 100.0 * (self.predicted(model, examples) != examples["answer"])
        return {
            int(task): float(wrong[examples["task"] == task].mean())
            for task in np.unique(examples["task"])
        }

    def predicted(self, model: keras.Model, examples: Arrays) -> np.ndarray:
        """The index of the answer that the model gives to each question."""
        inputs, _ = self.to_batch(examples)
        return model.predict(inputs, batch_size=500, verbose=0).argmax(axis=-1)

    # Tasks of which figures show a story, and how many sentences it has at most.
    tasks_in_figures: ClassVar = (2, 3, 16)
    sentences_in_figures: ClassVar = 16

    def figures(self, model: keras.Model) -> Figures:
        """What each hop reads in stories of the test split, and the error by task."""
        texts = self.texts("test")
        longest = self.sentences_in_figures
        is_short = np.array([s.count(b"\n") < longest for s in texts["story"]])
        by_name = {}
        for task in np.unique(texts["task"]):
            (indices,) = np.nonzero((texts["task"] == task) & is_short)
            if len(indices) and (task in self.tasks_in_figures or self.task):
                story, question = (
                    texts[name][indices[0]].decode() for name in ("story", "question")
                )
                by_name[f"story_of_task_{task:02}"] = self._picture(model, story, question)
        if len(np.unique(texts["task"])) > 1:
            by_name["error_by_task"] = self._bars(self.evaluate(model))
        return by_name

    def _bars(self, metrics):
        """Ours beside the published errors, if there are any."""
        of_task = "error_percent_task_"
        ours = {k: v for k, v in metrics.items() if k.startswith(of_task)}
        errors = {"this model": ours}
        published = self.published
        if set(ours) <= set(published):
            _, source = published["error_percent_mean"]
            errors[source] = {name: published[name][0] for name in ours}
        return figures.bars_by_task(
            {
                name: {k.removeprefix(of_task).lstrip("0"): v for k, v in by_task.items()}
                for name, by_task in errors.items()
            },
            limit=FAILED,
        )

    def answer(self, model: keras.Model, story: str, question: str) -> Answer:
        """The answer to what the user typed, its probability, and what was read.

        Words that the model does not know are reported, if there are any.
        """
        return self._answers(model, [story], [question])[0]

    def answers(
        self, model: keras.Model, questions: Sequence[Mapping[str, str]]
    ) -> list[Answer]:
        return self._answers(model, *columns(self.questions, questions))

    def _answers(self, model, stories, questions):
        is_known = np.asarray(model.text.question_ids(questions)).any(axis=1)
        if not is_known.all():
            raise ValueError(
                f"Expected words that the model knows, as in {self.questions['question']!r}. "
                f"Received: {questions[is_known.argmin()]!r}"
            )
        return [self._reported(row) for row in row_by_row(model.answer(stories, questions))]

    def _reported(self, answer):
        unknown = answer["unknown"][0].decode()
        return {
            "answer": answer["answer"][0].decode(),
            "probability": round(float(answer["probability"][0]), 6),
            **({"unknown": unknown} if unknown else {}),
            **self.reads(answer),
        }

    @abc.abstractmethod
    def reads(self, answer: Answer) -> Answer:
        """What the model read for its answer to one question, for the user to see."""

    @abc.abstractmethod
    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """A Matplotlib figure of what the model reads in a story."""

    def _picture(self, model, story, question):
        answer = self.answer(model, story, question)
        title = f"{question}  {answer['answer']} ({answer['probability']:.2f})"
        return self.picture(model, story, question, title)


def _in_parts(function, *arrays, dtype):
    """A function of arrays, from so many examples at a time, as small integers."""
    parts = [
        {k: v.numpy().astype(dtype) for k, v in function(*chunk).items()}
        for start in range(0, len(arrays[0]), AT_ONCE)
        for chunk in [[array[start : start + AT_ONCE] for array in arrays]]
    ]
    joined = {}
    for name in [*parts[0]]:
        shape = np.max([part[name].shape[1:] for part in parts], axis=0)
        joined[name] = np.zeros((len(arrays[0]), *shape), dtype)
        start = 0
        for part in parts:
            array = part.pop(name)  # so that it is not in memory twice
            region = (slice(start, start + len(array)), *map(slice, array.shape[1:]))
            joined[name][region] = array
            start += len(array)
    return joined
