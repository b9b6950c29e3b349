"""The slots of a memory network: sentences, and empty slots up to a size."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class MemorySlots(Layer):
    """Memory slots for sentences, with empty ones up to a size, and their mask.

    A memory of fewer sentences than its size has empty slots, whose vectors are zeros, and
    which a hop attends to if no sentence matches. Beyond the size, padding is masked.

    Args:
        size: The least number of slots.

    Call arguments:
        memories: Vectors of sentences, shape `(batch, sentences, ...)`, zeros for padding.
        is_sentence: Booleans of shape `(batch, sentences)`, `False` for padding.

    Returns:
        `(memories, mask)`: the vectors, with zeros after them up to `size`, and Booleans
        `(batch, slots)`, `True` where a hop may attend.

    Raises:
        ValueError: `size` is not a positive integer.

    Cost:
        One copy of the memories.

    Example:

    >>> is_sentence = keras.ops.array([[True, False, False, False]])
    >>> memories, mask = MemorySlots(3)(keras.ops.ones((1, 4, 8)), is_sentence)
    >>> mask.numpy().tolist()
    [[True, True, True, False]]

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), whose soft-max is over
        all slots, of which there are as many as the longest story has sentences, up to 50.
    """

    takes_integers = True

    def __init__(self, size: int, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_positive("size", size)
        self.size = size
        self.supports_masking = True

    def call(self, memories, is_sentence):
        sentences = ops.shape(memories)[1]
        least = max if isinstance(sentences, int) else ops.maximum
        missing = least(self.size - sentences, 0)
        further = [[0, 0]] * (len(memories.shape) - 2)
        memories = ops.pad(memories, [[0, 0], [0, missing], *further])
        is_sentence = ops.pad(ops.cast(is_sentence, "bool"), [[0, 0], [0, missing]])
        number = ops.sum(ops.cast(is_sentence, "int32"), axis=-1, keepdims=True)
        empty = ops.cumsum(ops.cast(ops.logical_not(is_sentence), "int32"), axis=-1)
        return memories, ops.logical_or(is_sentence, empty <= self.size - number)

    def compute_output_spec(self, memories, is_sentence):
        batch, sentences, *vector = memories.shape
        slots = None if sentences is None else max(sentences, self.size)
        return (
            keras.KerasTensor((batch, slots, *vector), dtype=memories.dtype),
            keras.KerasTensor((batch, slots), dtype="bool"),
        )

    def get_config(self):
        return {**super().get_config(), "size": self.size}
