"""A layer for single items, on all items of all sets at once."""

import keras
from keras import ops

from .sublayers import deserialized


@keras.saving.register_keras_serializable(package="keras_memory")
class ItemWise(keras.layers.Wrapper):
    """y_i = layer(x_i) of every item: one call, whatever the number of items.

    `keras.layers.TimeDistributed` calls its layer once for each item.

    Args:
        layer: A layer of `(batch, *item_shape)`.

    Call arguments:
        inputs: Shape `(batch, items, *item_shape)`.
        training: Whether the layer is in training.

    Returns:
        Shape `(batch, items, ...)`, as the layer makes of an item.

    Raises:
        ValueError: `inputs` has fewer than three axes.

    Example:

    >>> images = keras.ops.ones((2, 5, 8, 8, 1))  # batch, items, height, width, channels
    >>> embed = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
    >>> keras.ops.shape(ItemWise(embed)(images))
    (2, 5, 3)
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"Expected inputs (batch, items, ...) for {self.name}. Received: "
                f"{tuple(input_shape)}"
            )
        super().build((None, *input_shape[2:]))

    def call(self, inputs, training=False):
        # Keras hands `training` on; layers that shift images would take it for true.
        items = self.layer(ops.reshape(inputs, (-1, *inputs.shape[2:])))
        return ops.reshape(items, (*ops.shape(inputs)[:2], *items.shape[1:]))

    def compute_output_shape(self, input_shape):
        batch, items, *item_shape = input_shape
        return batch, items, *self.layer.compute_output_shape((None, *item_shape))[1:]

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "layer"))
