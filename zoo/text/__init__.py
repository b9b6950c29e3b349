"""Text to numbers and back, for models that take strings.

Where TensorFlow is installed, strings are its own on every backend, as in Keras's own text
layers, so that a SavedModel takes strings; this package alone of the zoo imports it. None of
the classes here is a Keras layer, since a model that has layers of text refuses XLA; a
SavedModel tracks their `layers`. Where it is not, `plain` does the same in Python.

`patterns` has what divides texts, `strings` what the others share; `characters` numbers the
characters of a text, `sentences` the words of a document's sentences, `stories` those of
stories and questions, `words` those of sentences that are tagged, and their letters.
"""

from .patterns import ASCII_LETTERS, LETTERS
from .plain import END_ID, START_ID, UNKNOWN_ID

try:
    import tensorflow  # noqa: F401
except ImportError:
    from .plain import (
        CharacterPairs,
        Characters,
        Sentences,
        Stories,
        dense,
        names,
        row_names,
        text_spec,
    )
    from .plain_words import Words
else:
    from .characters import CharacterPairs, Characters
    from .sentences import Sentences
    from .stories import Stories
    from .strings import dense, names, row_names, text_spec
    from .words import Words

__all__ = [
    "ASCII_LETTERS",
    "END_ID",
    "LETTERS",
    "START_ID",
    "CharacterPairs",
    "Characters",
    "Sentences",
    "UNKNOWN_ID",
    "Stories",
    "Words",
    "dense",
    "names",
    "row_names",
    "text_spec",
]
