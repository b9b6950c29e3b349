"""Sublayers: layers that are arguments of other layers."""

from collections.abc import Mapping
from typing import Any

import keras

from .argument_types import Shape


def build_sublayer(
    owner: keras.layers.Layer,
    layer: keras.layers.Layer,
    *shapes: Shape,
    **named_shapes: Shape,
) -> None:
    """Build a sublayer, unless it is built already, as one that was loaded from a file is."""
    if not layer.built:
        layer.build(*shapes, **named_shapes)
    freeze_with(owner, layer)


def freeze_with(owner: keras.layers.Layer, layer: keras.layers.Layer) -> None:
    """Freeze a sublayer if its owner is frozen, once both are built.

    Keras freezes what there is when `trainable` is set, not what is built afterwards.
    """
    if not owner.trainable:
        layer.trainable = False


def refuse_direction(config: Mapping[str, Any], name: str) -> None:
    """Raise a `ValueError` for what `keras.layers.Bidirectional` adds to a config."""
    if "go_backwards" in config:
        raise ValueError(
            "Expected a layer of one sequence, as `keras.layers.LSTM`, for Bidirectional. "
            f"Received: {name}, which takes a memory, too"
        )


def deserialized(config: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A copy of a config in which the layers of these names are deserialized."""
    layers = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
    return {**config, **layers}
