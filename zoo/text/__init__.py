"""Text to numbers and back, for models that take strings.

Strings are TensorFlow's on every backend, as in Keras's own text layers: this package is what
of the zoo imports it. None of the classes here is a Keras layer, since a model that has
layers of text refuses XLA; a SavedModel tracks their `layers`.
"""
