"""Stories, and questions about them, as the numbers of their words.

0 is padding and words have numbers from 1 on: unlike in `characters` and `sentences`, a word
that is not in the vocabulary has none, and is left out.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .patterns import LINES, NOT_OF_WORDS
from .plain import check_vocabulary, composed
from .strings import each_once, in_utf8, lower_case, replaced, strings, to_lists


class Stories:
    """From stories and questions to the numbers of their words, 0 for padding.

    Words are of letters of any language, digits, `_`, apostrophes and hyphens, in lower case;
    one that is not in the vocabulary is left out. An accent that is written apart from its
    letter is joined with it in lists of strings, not in tensors, as those of a SavedModel.

    Args:
        vocabulary: The words that have numbers, from 1 on, and answers, which may be several
            words joined by commas.

    Raises:
        ValueError: `vocabulary` is not a list of words in lower case, each once, as texts are
            read.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        check_vocabulary(
            vocabulary, lambda texts: to_lists(words_of(strings(texts))), separator=","
        )
        self.size = len(vocabulary)
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary))
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def sentences(self, stories: Any) -> Any:
        """Ragged strings `(batch, sentences)` of strings of that shape or `(batch,)`."""
        given = stories
        if not isinstance(stories, (tf.Tensor, tf.RaggedTensor)):
            try:
                stories = tf.ragged.constant(composed(stories), dtype=tf.string)
            except (TypeError, ValueError):
                stories = None
        if stories is None or stories.dtype != tf.string or stories.shape.rank not in (1, 2):
            raise ValueError(
                f"Expected a list of stories, each a string or each a list of sentences. "
                f"Received: {given!r}"
            )
        stories = in_utf8(stories)
        if stories.shape.rank == 1:
            stories = tf.strings.split(replaced(stories, LINES), "\n")
        elif isinstance(stories, tf.Tensor):
            stories = tf.RaggedTensor.from_tensor(stories)
        stories = tf.strings.strip(stories)
        return tf.ragged.boolean_mask(stories, tf.not_equal(stories, ""))

    def ids(self, stories: Any, questions: Any) -> dict[str, Any]:
        """The inputs of the model: `story` `(batch, sentences, words)` and `question`.

        Raises:
            ValueError: They are not strings, or not as many stories as questions.
        """
        sentences, questions = self.sentences(stories), strings(questions)
        counts = [sentences.shape[0], questions.shape[0]]
        if None not in counts and counts[0] != counts[1]:
            raise ValueError(
                f"Expected as many stories as questions. Received: {counts[0]} stories, "
                f"{counts[1]} questions"
            )
        return {
            "story": _padded(self._numbers(sentences)),
            "question": self.question_ids(questions),
        }

    def question_ids(self, questions: Any) -> Any:
        """Numbers `(batch, words)` of questions `(batch,)`."""
        return _padded(self._numbers(strings(questions)))

    def unknown(self, stories: Any, questions: Any) -> Any:
        """Strings `(batch,)`: words of question and story without a number, with commas."""
        story = words_of(self.sentences(stories)).merge_dims(1, 2)
        words = tf.concat([words_of(strings(questions)), story], axis=1)
        return each_once(tf.ragged.boolean_mask(words, tf.equal(self._to_ids(words), 0)))

    def answer_ids(self, answers: Any, unknown: int | None = None) -> np.ndarray:
        """Targets for `fit`: the index of each answer in the vocabulary, from 0.

        Args:
            answers: Strings, `(batch,)`, in any case.
            unknown: The target of an answer that is not in the vocabulary.

        Raises:
            ValueError: There is such an answer, but no `unknown`.
        """
        lower = lower_case(strings(answers))
        ids = tf.cast(self._to_ids(lower), tf.int32).numpy() - 1
        if unknown is None and (ids < 0).any():
            raise ValueError(
                "Expected answers in the vocabulary. Received: "
                f"{strings(answers).numpy()[ids < 0][0].decode()!r}"
            )
        return ids if unknown is None else np.where(ids < 0, unknown, ids).astype("int32")

    def _numbers(self, texts):
        return tf.cast(self._to_ids(words_of(texts)), tf.int32)


def words_of(texts: Any) -> tf.RaggedTensor:
    """Ragged strings, the words of texts, in lower case, along a further axis."""
    return tf.strings.split(replaced(lower_case(texts), [(NOT_OF_WORDS, " ")]))


def _padded(ragged):
    """A dense tensor, padded with zeros, with room for one word at least."""
    dense = ragged.to_tensor()
    missing = tf.cast(tf.equal(tf.shape(dense)[-1], 0), tf.int32)
    return tf.pad(dense, [[0, 0]] * (dense.shape.rank - 1) + [[0, missing]])
