"""Text to numbers and back: 0 is padding, 1 is what is unknown.

Strings are TensorFlow's on every backend, as in Keras's own text layers: this is the one file
of the zoo that imports it. None of the classes here is a Keras layer, since a model that has
layers of text refuses XLA; a SavedModel tracks their `layers`.
"""

import keras
import numpy as np
import tensorflow as tf

START, END = "\t", "\n"
START_ID, END_ID = 2, 3


def strings(texts):
    """Texts as a tensor of strings `(batch,)`.

    Raises:
        ValueError: They are something else.
    """
    try:
        tensor = tf.convert_to_tensor(texts)
    except (TypeError, ValueError):
        raise ValueError(f"Expected a list of strings. Received: {texts!r}") from None
    if tensor.dtype != tf.string or tensor.shape.rank != 1:
        raise ValueError(f"Expected a list of strings. Received: {texts!r}")
    return tensor


def text_spec(name, rank=1):
    """The signature of an endpoint's argument: strings `(batch,)`, or of a higher rank."""
    return tf.TensorSpec((None,) * rank, tf.string, name)


class Characters:
    """Texts as the numbers of their characters.

    Args:
        characters: Those that have numbers, from 2 on, a string.
    """

    def __init__(self, characters):
        self._to_ids = keras.layers.StringLookup(vocabulary=list(characters), mask_token="")
        self._to_ids.build((None,))
        self._characters = ["", "\ufffd", *characters]
        self.size = len(self._characters)
        self.layers = [self._to_ids]

    def ids(self, texts, length=None):
        """Numbers `(batch, length)` of strings `(batch,)`; the longest's length if absent."""
        ids = self._to_ids(tf.strings.unicode_split(strings(texts), "UTF-8"))
        ids = tf.cast(ids.to_tensor(shape=(None, length)), tf.int32)
        none = tf.cast(tf.equal(tf.shape(ids)[1], 0), tf.int32)
        return tf.pad(ids, [[0, 0], [0, none]])  # of empty texts, one padding

    def texts(self, ids):
        """Strings `(batch,)` of numbers `(batch, length)`, up to the first END."""
        text = tf.strings.reduce_join(names(self._characters, ids), axis=-1)
        return tf.strings.regex_replace(text, f"(?s){END}.*", "")


class CharacterPairs:
    """Sources and their targets, which START and END enclose, as numbers of characters.

    Args:
        source_characters: Those that have numbers in a source, a string.
        target_characters: Those that have numbers in a target, after START and END.
    """

    def __init__(self, source_characters, target_characters):
        self.source = Characters(source_characters)
        self.target = Characters(START + END + target_characters)
        self.layers = [*self.source.layers, *self.target.layers]
        self.sizes = tuple(text.size for text in (self.source, self.target))

    def ids(self, sources, targets, source_length=None):
        """What `fit` takes: inputs, with the targets so far, and what comes next in them."""
        target = self.target.ids(tf.strings.join([START, targets, END]))
        source = self.source.ids(sources, source_length)
        return {"source": source, "target": target[:, :-1]}, target[:, 1:]


def sentences_of_words(texts, sentences, words):
    """Texts as sentences of words, in lower case, with `!` and `?` for words of their own.

    Words are of the letters a to z, digits and apostrophes; anything else is a space.
    A sentence ends with `.`, `!`, `?`, a tag of HTML or its last word that fits.

    Args:
        texts: Strings, `(batch,)`.
        sentences: How many of a text are kept, its last.
        words: Words of a sentence, at most.

    Returns:
        Ragged strings, `(batch, sentences, words)`.
    """
    text = tf.strings.lower(strings(texts))
    for pattern, replacement in (
        (r"<[^>]*>|\.+", "\n"),
        (r"([!?]+)", " \\1\n"),
        (r"[^a-z0-9'!?\n]+", " "),
        (rf"((?:\S+ ){{{words}}})", "\\1\n"),
        (r"\s*\n\s*", "\n"),
        (r"^\s+|\s+$", ""),
    ):
        text = tf.strings.regex_replace(text, pattern, replacement)
    return tf.strings.split(tf.strings.split(text, "\n")[:, -sentences:])


class Sentences:
    """Texts as the numbers of the words of their sentences.

    Args:
        vocabulary: The words that have numbers, from 2 on.
        sentences: Sentences of a text, at most.
        words: Words of a sentence, at most.
    """

    def __init__(self, vocabulary, sentences, words):
        self.size = (sentences, words)
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary), mask_token="")
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def words(self, texts):
        """Ragged strings `(batch, sentences, words)` of strings `(batch,)`."""
        return sentences_of_words(texts, *self.size)

    def ids(self, texts):
        """Numbers `(batch, sentences, words)` of strings `(batch,)`."""
        ids = self._to_ids(self.words(texts))
        return tf.cast(ids.to_tensor(shape=(None, *self.size)), tf.int32)


class Stories:
    """Stories and questions about them as the numbers of their words.

    Words are of letters, digits, apostrophes and hyphens, in lower case; one that is not in
    the vocabulary is left out.

    Args:
        vocabulary: The words that have numbers, from 1 on, and answers, which may be several
            words joined by commas.

    Raises:
        ValueError: `vocabulary` is no list of strings in lower case, or has one twice.
    """

    def __init__(self, vocabulary):
        fits = isinstance(vocabulary, (list, tuple)) and all(
            isinstance(word, str) and word and word == word.lower() for word in vocabulary
        )
        if not fits or len(set(vocabulary)) != len(vocabulary):
            raise ValueError(
                f"Expected a list of strings in lower case, each once, for vocabulary. "
                f"Received: {vocabulary!r}"
            )
        self.size = len(vocabulary)
        self._to_ids = keras.layers.StringLookup(vocabulary=list(vocabulary))
        self._to_ids.build((None,))
        self.layers = [self._to_ids]

    def sentences(self, stories):
        """Ragged strings `(batch, sentences)` of strings of that shape or `(batch,)`."""
        given = stories
        if not isinstance(stories, (tf.Tensor, tf.RaggedTensor)):
            try:
                stories = tf.ragged.constant(stories, dtype=tf.string)
            except (TypeError, ValueError):
                stories = None
        if stories is None or stories.dtype != tf.string or stories.shape.rank not in (1, 2):
            raise ValueError(
                f"Expected a list of stories, each a string or each a list of sentences. "
                f"Received: {given!r}"
            )
        if stories.shape.rank == 1:
            lines = tf.strings.regex_replace(stories, r"([.!?])\s+|\n", "\\1\n")
            stories = tf.strings.split(lines, "\n")
        elif isinstance(stories, tf.Tensor):
            stories = tf.RaggedTensor.from_tensor(stories)
        stories = tf.strings.strip(stories)
        return tf.ragged.boolean_mask(stories, tf.not_equal(stories, ""))

    def ids(self, stories, questions):
        """What the model takes: numbers of words, 0 for padding.

        Raises:
            ValueError: They are no strings, or not as many stories as questions.
        """
        sentences, questions = self.sentences(stories), strings(questions)
        counts = [sentences.shape[0], questions.shape[0]]
        if None not in counts and counts[0] != counts[1]:
            raise ValueError(
                f"Expected as many stories as questions. Received: {counts[0]} stories, "
                f"{counts[1]} questions"
            )
        return {
            "story": _filled(self._numbers(sentences)),
            "question": _filled(self._numbers(questions)),
        }

    def answer_ids(self, answers, unknown=None):
        """Places in the vocabulary of strings `(batch,)`, in any case: what `fit` takes.

        Args:
            answers: Strings, `(batch,)`.
            unknown: What stands for an answer that is not in the vocabulary.

        Raises:
            ValueError: There is one, but no `unknown`.
        """
        lower = tf.strings.lower(strings(answers))
        ids = tf.cast(self._to_ids(lower), tf.int32).numpy() - 1
        if unknown is None and (ids < 0).any():
            raise ValueError(
                "Expected answers in the vocabulary. Received: "
                f"{strings(answers).numpy()[ids < 0][0].decode()!r}"
            )
        return ids if unknown is None else np.where(ids < 0, unknown, ids).astype("int32")

    def _numbers(self, texts):
        return tf.cast(self._to_ids(words_of(texts)), tf.int32)


def words_of(texts):
    """Ragged strings, the words of texts, in lower case, along a further axis."""
    bare = tf.strings.regex_replace(tf.strings.lower(texts), r"[^a-z0-9'-]+", " ")
    return tf.strings.split(bare)


def _filled(ragged):
    """A dense tensor, filled up with zeros, with room for one word at least."""
    dense = ragged.to_tensor()
    missing = tf.cast(tf.equal(tf.shape(dense)[-1], 0), tf.int32)
    return tf.pad(dense, [[0, 0]] * (dense.shape.rank - 1) + [[0, missing]])


def names(choices, index):
    """The string of each index into a list of them."""
    return tf.gather(tf.constant(choices), tf.convert_to_tensor(index))
