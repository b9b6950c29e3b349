"""Sublayers: layers that are arguments of other layers."""

import keras


def build_sublayer(owner, layer, *shapes, **named_shapes):
    """Build a sublayer, unless it is built already, as one that was loaded from a file is."""
    if not layer.built:
        layer.build(*shapes, **named_shapes)
    freeze_with(owner, layer)


def freeze_with(owner, layer):
    """Freeze a sublayer if its owner is frozen, once both are built.

    Keras freezes what there is when `trainable` is set, not what is built afterwards.
    """
    if not owner.trainable:
        layer.trainable = False


def refuse_direction(config, name):
    """Raise a `ValueError` for what `keras.layers.Bidirectional` adds to a config."""
    if "go_backwards" in config:
        raise ValueError(
            "Expected a layer of one sequence, as `keras.layers.LSTM`, for Bidirectional. "
            f"Received: {name}, which takes a memory, too"
        )


def deserialized(config, *names):
    """A copy of a config in which the layers of these names are deserialized."""
    layers = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
    return {**config, **layers}
