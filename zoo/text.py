"""Text to numbers and back: 0 is padding, 1 is what is unknown.

Strings are TensorFlow's on every backend, as in Keras's own text layers: this is the one file
of the zoo that imports it. None of the classes here is a Keras layer, since a model that has
layers of text refuses XLA; a SavedModel tracks their `layers`.
"""

import keras
import tensorflow as tf

START, END = "\t", "\n"
START_ID, END_ID = 2, 3


def strings(texts):
    """Texts as a tensor of strings `(batch,)`.

    Raises:
        ValueError: They are something else.
    """
    tensor = texts if isinstance(texts, tf.Tensor) else tf.constant(texts)
    if tensor.dtype != tf.string or tensor.shape.rank != 1:
        raise ValueError(f"Expected a list of strings. Received: {texts!r}")
    return tensor


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


def names(choices, index):
    """The string of each index into a list of them."""
    return tf.gather(tf.constant(choices), tf.convert_to_tensor(index))
