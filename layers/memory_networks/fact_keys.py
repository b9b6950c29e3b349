"""Facts as memories: subject and relation lead to the object, and back."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_positive, check_range

LEAST = 3  # words of a fact


@keras.saving.register_keras_serializable(package="keras_memory")
class FactKeys(Layer):
    """Two memories of a fact: from subject and relation to the object, and back.

    key = (x_1, ..., x_{n-1}), value = x_n + V;  key = (x_n, x_2 + V, ..., x_{n-1} + V),
    value = x_1 + V

    The first word of a fact is its subject, the last its object, those between them the
    relation. The inverse of a relation, and values, have numbers of a second dictionary,
    those above V. A fact of fewer than three words is none: both of
    its memories are padding.

    Args:
        vocabulary_size: V, how many words there are.

    Call arguments:
        ids: Numbers of words of facts, shape `(batch..., words)`, with 0 for padding after
            them.

    Returns:
        `(keys, values)`: integers of shapes `(batch..., 2, words)` and `(batch..., 2, 1)`, up
        to `2 * vocabulary_size`.

    Raises:
        ValueError: `vocabulary_size` is not a positive integer, or a word's number is not
            from 0 to it.

    Cost:
        2 n for a fact of n words.

    Example:

    >>> keys, values = FactKeys(vocabulary_size=10)(keras.ops.array([[3, 7, 4]]))
    >>> keys.numpy().tolist(), values.numpy().tolist()
    ([[[3, 7, 0], [4, 17, 0]]], [[[14], [13]]])

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3.2, "KB triple".
    """

    any_width = frozenset({"ids"})
    takes_integers = True

    def __init__(self, vocabulary_size: int, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_positive("vocabulary_size", vocabulary_size)
        self.vocabulary_size = vocabulary_size

    def call(self, ids):
        check_range("ids", ids, self.vocabulary_size)
        ids = ops.cast(ids, "int32")
        count = ops.sum(ops.cast(ids != 0, "int32"), axis=-1, keepdims=True)  # n
        ids = ops.where(count >= LEAST, ids, 0)
        place = ops.arange(ops.shape(ids)[-1], dtype="int32")
        is_object = place == count - 1
        thing = ops.sum(ops.where(is_object, ids, 0), axis=-1, keepdims=True)  # x_n
        forth = ops.where(is_object, 0, ids)
        back = ops.where(place == 0, thing, self._second(forth))
        values = self._second(ops.stack([thing, ids[..., :1]], axis=-2))
        return ops.stack([forth, back], axis=-2), values

    def _second(self, ids):
        """The numbers of words in the second dictionary."""
        return ops.where(ids != 0, ids + self.vocabulary_size, 0)

    def compute_output_spec(self, ids):
        *batch, words = ids.shape
        return tuple(
            keras.KerasTensor((*batch, 2, width), dtype="int32") for width in (words, 1)
        )

    def get_config(self):
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size}
