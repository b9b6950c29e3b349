"""Key hashing: memories that have a word in common with a question."""

from collections.abc import Sequence
from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class KeyHashing(Layer):
    """Which memories may be read: those whose key shares a word with the question.

    So a memory may be large, and what has nothing to do with a question takes no weight from
    what has. Words that most keys or questions have in common do not count.

    Args:
        common: Numbers of words that do not count.

    Call arguments:
        keys: Numbers of words, integers `(batch, memories..., words)`, 0 for padding.
        question: Numbers of words, integers `(batch, words)`, 0 for padding.

    Returns:
        Booleans `(batch, memories...)`, `True` for what may be read.

    Raises:
        ValueError: A number of `common` is not a positive integer.

    Cost:
        A comparison of each word of the question with each word of each key.

    Example:

    >>> keys = keras.ops.array([[[1, 2], [1, 3], [4, 0]]])
    >>> question = keras.ops.array([[1, 3]])
    >>> KeyHashing(common=[1])(keys, question).numpy().tolist()
    [[False, True, False]]

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3.1, "key hashing",
        where words that are in more than 1,000 memories do not count; here, those named.
    """

    any_width = frozenset({"keys", "question"})
    takes_integers = True

    def __init__(self, common: Sequence[int] = (), **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        for number in common:
            check_positive("common", number)
        self.common = tuple(common)
        self.supports_masking = True

    def call(self, keys, question):
        keys, question = (ops.cast(ids, "int32") for ids in (keys, question))
        counts = question != 0
        if self.common:
            common = ops.convert_to_tensor(self.common, dtype="int32")
            counts = ops.logical_and(counts, ops.all(question[..., None] != common, axis=-1))
        question = ops.where(counts, question, -1)
        for _ in range(len(keys.shape) - 1):
            question = question[:, None]
        return ops.any(keys[..., None] == question, axis=(-2, -1))

    def compute_mask(self, keys, question, previous_mask=None):
        """None: what it returns is a mask itself."""

    def compute_output_spec(self, keys, question):
        return keras.KerasTensor(keys.shape[:-1], dtype="bool")

    def get_config(self):
        return {**super().get_config(), "common": list(self.common)}
