"""A learned first item of sequences."""

from typing import Unpack

import keras
from keras import ops

from .argument_types import InitializerLike, LayerOptions
from .layer import Layer


@keras.saving.register_keras_serializable(package="keras_memory")
class LearnedFirst(Layer):
    """A learned vector before a sequence, as a start token, or as an end token to point at.

    Args:
        initializer: Of the vector.

    Call arguments:
        sequences: Shape `(batch, steps, dim)`.

    Returns:
        Shape `(batch, 1 + steps, dim)`.

    Cost:
        One copy of the sequence.

    Example:

    >>> keras.ops.shape(LearnedFirst()(keras.ops.ones((2, 3, 8))))
    (2, 4, 8)
    """

    def __init__(
        self, initializer: InitializerLike = "glorot_uniform", **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.initializer = keras.initializers.get(initializer)

    def build(self, sequences_shape):
        self.first = self.add_weight(
            shape=(1, sequences_shape[-1]), initializer=self.initializer, name="first"
        )

    def call(self, sequences):
        first = ops.cast(self.first, sequences.dtype)
        first = ops.zeros_like(sequences[:, :1]) + first
        return ops.concatenate([first, sequences], axis=1)

    def compute_mask(self, sequences, mask=None):
        if mask is None:
            return None
        return ops.pad(mask, [[0, 0], [1, 0]], constant_values=True)

    def compute_output_shape(self, sequences_shape):
        batch, steps, dim = sequences_shape
        return batch, None if steps is None else steps + 1, dim

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "initializer": initializer}
