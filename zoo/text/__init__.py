"""Text to numbers and back, for models that take strings.

Strings are TensorFlow's on every backend, as in Keras's own text layers: this package alone
of the zoo imports it. None of the classes here is a Keras layer, since a model that has
layers of text refuses XLA; a SavedModel tracks their `layers`.

`strings` has what the others share; `characters` numbers the characters of a text,
`sentences` the words of a document's sentences, `stories` those of stories and questions.
"""

try:
    import tensorflow  # noqa: F401
except ImportError as error:
    raise ImportError(
        "Expected TensorFlow, whose strings models of text take on every backend: "
        f"pip install tensorflow. Received: {error}"
    ) from None
