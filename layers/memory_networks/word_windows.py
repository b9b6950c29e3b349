"""Windows of words as the keys of a memory, and the words in their centres as its values."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_odd, check_positive, check_range


@keras.saving.register_keras_serializable(package="keras_memory")
class WordWindows(Layer):
    """A memory for each word of a story: the window around it is the key, the word the value.

    key = (x_{j-r}, ..., x_j + V, ..., x_{j+r}),  value = x_j + V,  with 2 r + 1 = width

    The word in the centre and the value have numbers of a second dictionary, those above V,
    so that a word has a vector of its own as an answer. A window does not go beyond its
    sentence; there, it has padding. A memory of padding is padding, 0.

    Args:
        vocabulary_size: V, how many words there are.
        width: Words in a window, an odd number.

    Call arguments:
        ids: Numbers of words of sentences, shape `(batch..., words)`, 0 for padding.

    Returns:
        `(keys, values)`: integers of shapes `(batch..., words, width)` and `(batch..., words,
        1)`, up to `2 * vocabulary_size`.

    Raises:
        ValueError: A size is not a positive integer, `width` is even, or a word's number is
            not from 0 to `vocabulary_size`.

    Cost:
        `width` for each word.

    Example:

    >>> keys, values = WordWindows(vocabulary_size=10, width=3)(keras.ops.array([[2, 5, 0]]))
    >>> keys.numpy().tolist(), values.numpy().tolist()
    ([[[0, 12, 5], [2, 15, 0], [0, 0, 0]]], [[[12], [15], [0]]])

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3.2, "window level"
        with "window + centre encoding". Theirs are around entities alone, ours around every
        word.
    """

    any_width = frozenset({"ids"})
    takes_integers = True

    def __init__(
        self, vocabulary_size: int, width: int = 5, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        check_positive("vocabulary_size", vocabulary_size)
        check_odd("width", width)
        self.vocabulary_size = vocabulary_size
        self.width = width

    def call(self, ids):
        check_range("ids", ids, self.vocabulary_size)
        ids = ops.cast(ids, "int32")
        words, reach = ops.shape(ids)[-1], self.width // 2  # r
        padded = ops.pad(ids, [[0, 0]] * (len(ids.shape) - 1) + [[reach, reach]])
        values = ops.where(ids != 0, ids + self.vocabulary_size, 0)
        window = [padded[..., i : i + words] for i in range(self.width)]
        window[reach] = values
        keys = ops.where(ids[..., None] != 0, ops.stack(window, axis=-1), 0)
        return keys, values[..., None]

    def compute_output_spec(self, ids):
        return tuple(
            keras.KerasTensor((*ids.shape, width), dtype="int32") for width in (self.width, 1)
        )

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "width": self.width,
        }
