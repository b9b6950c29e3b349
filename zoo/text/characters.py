"""Texts as the numbers of their characters."""

import keras
import tensorflow as tf

from .strings import names, strings

START, END = "\t", "\n"
START_ID, END_ID = 2, 3


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
