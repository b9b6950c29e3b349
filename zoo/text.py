"""Text to numbers and back.

Strings are TensorFlow's on every backend, as in Keras's own text layers: this is the one file
of the zoo that imports it.
"""

import keras
import tensorflow as tf

FRAME = "\t\n"  # the characters that a sequence starts and ends with
START_ID, END_ID = 2, 3  # their numbers, where they are the first


class Characters:
    """Texts as the numbers of their characters: 0 is padding, 1 a character not among them.

    No layer itself, since a Keras model that has layers of text refuses XLA.

    Args:
        characters: The characters that have numbers, from 2 on, a string.
    """

    def __init__(self, characters):
        self._to_ids = keras.layers.TextVectorization(
            standardize=None, split="character", vocabulary=list(characters)
        )
        self._to_characters = keras.layers.StringLookup(
            vocabulary=list(characters), mask_token="", oov_token="\ufffd", invert=True
        )
        for layer in self.layers:
            layer.build((None,))

    @property
    def layers(self):
        """The layers of text, for a SavedModel to track."""
        return [self._to_ids, self._to_characters]

    def ids(self, texts):
        """Numbers `(batch, longest)` of strings `(batch,)`."""
        return tf.cast(self._to_ids(texts), tf.int32)

    def texts(self, ids):
        """Strings `(batch,)` of numbers `(batch, length)`, up to the first END."""
        text = tf.strings.reduce_join(self._to_characters(ids), axis=-1)
        return tf.strings.regex_replace(text, f"(?s){FRAME[1]}.*", "")


def framed(texts):
    """Texts with a START before and an END after them."""
    return tf.strings.join([FRAME[0], texts, FRAME[1]])
