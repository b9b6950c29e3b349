"""Texts as the numbers of their characters.

0 is padding, 1 is a character without a number, the others have numbers from 2 on.
"""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from .plain import END, START, UNKNOWN_ID
from .strings import each_once, names, strings


class Characters:
    """From texts to the numbers of their characters, and back.

    Args:
        characters: A string of those that have numbers, from 2 on.
    """

    def __init__(self, characters: str) -> None:
        self._to_ids = keras.layers.StringLookup(vocabulary=list(characters), mask_token="")
        self._to_ids.build((None,))
        self._characters = ["", "\ufffd", *characters]
        self.size = len(self._characters)
        self.layers = [self._to_ids]

    def ids(self, texts: Sequence[str], length: int | None = None) -> Any:
        """Numbers `(batch, length)` of strings `(batch,)`, padded or cut to a length.

        Args:
            texts: Strings, `(batch,)`.
            length: That of the longest text if absent.
        """
        ids = self._to_ids(_characters(texts))
        ids = tf.cast(ids.to_tensor(shape=(None, length)), tf.int32)
        # One column at least, be all texts empty.
        missing = tf.cast(tf.equal(tf.shape(ids)[1], 0), tf.int32)
        return tf.pad(ids, [[0, 0], [0, missing]])

    def unknown(self, texts: Sequence[str]) -> Any:
        """Strings `(batch,)`: the characters of each text that have no number, each once."""
        characters = _characters(texts)
        is_unknown = tf.equal(self._to_ids(characters), UNKNOWN_ID)
        return each_once(tf.ragged.boolean_mask(characters, is_unknown), separator="")

    def texts(self, ids: Any) -> Any:
        """Strings `(batch,)` of numbers `(batch, length)`, up to the first END."""
        text = tf.strings.reduce_join(names(self._characters, ids), axis=-1)
        return tf.strings.regex_replace(text, f"(?s){END}.*", "")


def _characters(texts):
    """Ragged strings `(batch, length)`, the characters of strings `(batch,)`."""
    return tf.strings.unicode_split(strings(texts), "UTF-8")


class CharacterPairs:
    """From pairs of source and target to the numbers that teacher forcing takes.

    Targets are enclosed in START and END.

    Args:
        source_characters: A string of those that have numbers in a source.
        target_characters: The same of a target, where START and END come before them.
    """

    def __init__(self, source_characters: str, target_characters: str) -> None:
        self.source = Characters(source_characters)
        self.target = Characters(START + END + target_characters)
        self.layers = [*self.source.layers, *self.target.layers]
        self.sizes = tuple(text.size for text in (self.source, self.target))

    def ids(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        source_length: int | None = None,
    ) -> tuple[dict[str, Any], Any]:
        """Inputs and targets for `fit`: a step's input is the target of the step before."""
        target = self.target.ids(tf.strings.join([START, targets, END]))
        source = self.source.ids(sources, source_length)
        return {"source": source, "target": target[:, :-1]}, target[:, 1:]
