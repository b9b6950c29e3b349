"""What models that answer questions about stories share."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from keras import ops

from ...layers.precision import widen
from ..checked_model import CheckedModel
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import dense, names, row_names, text_spec
from ..text.vocabularies import listed, words_of_stories


class StoryModel(CheckedModel):
    """Base of these models: a subclass has `text`, `arguments`, `numbers_of_answer`.

    The last takes the numbers of stories and questions; it gives `logits`, and by name what
    else `answer` gives, with the numbers of sentences as `read`.
    """

    @classmethod
    def from_texts(cls, stories: Any, questions: Any, answers: Any, **arguments: Any) -> Self:
        """A model, not trained, whose vocabulary is the words and the answers of these texts.

        Args:
            stories: Strings, or a list of sentences for each; as a list, an array, or a
                column of a frame.
            questions: Strings, one for each story.
            answers: Strings; of several words, with commas between.
            **arguments: The others of the constructor.

        Raises:
            ValueError: They are not lists of strings.
        """
        return cls(words_of_stories(stories, questions, answers), **arguments)

    def examples(
        self, stories: Any, questions: Any, answers: Any
    ) -> tuple[dict[str, Any], Any]:
        """Inputs and targets for `fit`, of texts as `from_texts` takes them.

        Raises:
            ValueError: There are not as many of each, or an answer is not in the vocabulary.
        """
        inputs = self.text.ids(listed(stories), listed(questions))
        targets = self.text.answer_ids(listed(answers))
        if len(targets) != len(inputs["question"]):
            raise ValueError(
                f"Expected as many answers as questions. Received: {len(targets)} answers, "
                f"{len(inputs['question'])} questions"
            )
        return inputs, targets

    def answer(self, stories: Any, questions: Any) -> dict[str, Any]:
        """The likeliest answer to each question, a string, and what the model read for it.

        Words that are not in the vocabulary are left out, and `unknown` has them; a sentence
        of such words alone is left out, too. Of an empty story, the question alone decides.

        Args:
            stories: Strings, `(batch,)`, whose sentences end with `.`, `!`, `?` or a line; or
                sentences, strings `(batch, sentences)`, ragged or padded with `""`.
            questions: Strings, `(batch,)`.

        Returns:
            A dictionary, whose strings are TensorFlow's where it is installed, else NumPy's,
            of what the class lists, and of

            - `answer`: strings `(batch,)`, and its `probability`, `(batch,)`;
            - `unknown`: strings `(batch,)`, the words of question and story that are not in
              the vocabulary, joined by commas;
            - `probabilities`: `(batch, vocabulary)`, of all answers;
            - `sentences`: strings `(batch, sentences)`, those of the stories, padded with
              `""`.

        Raises:
            ValueError: Stories or questions are not strings of these shapes.
        """
        sentences = self.text.sentences(stories)
        ids = self.text.ids(sentences, questions)
        texts = dense(sentences)
        found = self.run_compiled("numbers_of_answer", ids)
        return {
            **self.answers_of(found.pop("logits")),
            "unknown": self.text.unknown(sentences, questions),
            "sentences": texts,
            **self.texts_of(found, texts),
        }

    def texts_of(self, found: Mapping[str, Any], sentences: Any) -> dict[str, Any]:
        """What was read, with `sentences`, strings, in the place of their numbers."""
        if "read" not in found:
            return dict(found)
        return {**found, "read": row_names(sentences, found["read"])}

    def answers_of(self, logits: Any) -> dict[str, Any]:
        """The likeliest `answer`, its `probability`, and the `probabilities` of all."""
        probabilities = ops.softmax(widen(logits))
        return {
            "answer": names(self.arguments["vocabulary"], ops.argmax(probabilities, axis=-1)),
            "probability": ops.max(probabilities, axis=-1),
            "probabilities": probabilities,
        }

    @property
    def entry_names(self) -> Mapping[str, Names]:
        words = self.arguments["vocabulary"]
        return {
            "(question_)?embedding/table_[0-9]+": (words, None),
            "read_out/kernel": (None, words),
            "read_out/bias": (words,),
        }

    @property
    def ids_below(self) -> Mapping[str, int]:
        size = 1 + self.text.size
        return {"story": size, "question": size}

    def endpoints(self) -> Endpoints:
        """Functions of strings for a SavedModel, by name, with their signatures."""
        question = text_spec("question")
        return {
            "serving_default": (self.answer, [text_spec("story"), question]),
            "answer_sentences": (self.answer, [text_spec("story", rank=2), question]),
        }


def sentences_read(weights: Any) -> dict[str, Any]:
    """The number of the sentence of the largest weight, `read`, and its `read_weight`.

    Args:
        weights: `(batch, reads, sentences + 1)`, the last of none of them.
    """
    return {"read": ops.argmax(weights, axis=-1), "read_weight": ops.max(weights, axis=-1)}


def numbers_of_facts(facts: Sequence[Sequence[int]], questions: int, most: int) -> np.ndarray:
    """Supporting facts of so many questions, padded with 0, `(questions, most)`.

    Args:
        facts: For each question the numbers of sentences, from 1, in the order in which they
            are read.
        questions: How many questions there are.
        most: How many facts a question may have.

    Raises:
        ValueError: A question has more, or one of them twice, or there are facts of more or
            fewer questions.
    """
    if len(facts) != questions:
        raise ValueError(f"Expected facts of {questions} questions. Received: {len(facts)}")
    padded = np.zeros((len(facts), most), "int32")
    for row, numbers in enumerate(facts):
        if len(numbers) > most or len({*numbers}) < len(numbers):
            raise ValueError(
                f"Expected up to {most} facts a question, each once. Received: {numbers}"
            )
        padded[row, : len(numbers)] = numbers
    return padded


def with_a_sentence(story: Any) -> Any:
    """Numbers `(batch, sentences, words)` with one sentence at least: a loop takes a step.

    Where their number is not known, as in an exported model, one of padding comes last.
    """
    story = ops.convert_to_tensor(story)
    return ops.pad(story, [[0, 0], [0, int(not story.shape[1])], [0, 0]])
