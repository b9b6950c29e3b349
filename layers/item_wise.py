"""A layer for single items, applied to all items of all sequences at once."""

from typing import Unpack

import keras
from keras import ops

from .argument_types import LayerOptions
from .layer import Layer
from .sublayers import deserialized, freeze_with


@keras.saving.register_keras_serializable(package="keras_memory")
class ItemWise(Layer, keras.layers.Wrapper):
    """A layer applied to every item of a sequence in one call: y_i = layer(x_i).

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

    Cost:
        That of its layer, for one batch of all m items.

    Example:

    >>> images = keras.ops.ones((2, 5, 8, 8, 1))  # batch, items, height, width, channels
    >>> embed = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
    >>> keras.ops.shape(ItemWise(embed)(images))
    (2, 5, 3)
    """

    takes_integers = True  # if its layer does

    def __init__(self, layer: keras.layers.Layer, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"Expected inputs (batch, items, ...) for {self.name}. Received: "
                f"{tuple(input_shape)}"
            )
        super().build((None, *input_shape[2:]))
        freeze_with(self, self.layer)

    def call(self, inputs, training=False):
        # Keras passes `training` on; layers that shift images would else take it for true.
        items = self.layer(ops.reshape(inputs, (-1, *inputs.shape[2:])))
        return ops.reshape(items, (*ops.shape(inputs)[:2], *items.shape[1:]))

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "layer"))
