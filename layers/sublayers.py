"""Sublayers: layers that are arguments of other layers."""

import keras


def build_once(layer, *shapes):
    """Build a layer, unless it is built already, as one that was loaded from a file is."""
    if not layer.built:
        layer.build(*shapes)


def deserialized(config, *names):
    """A copy of a config in which the layers of these names are deserialized."""
    layers = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
    return {**config, **layers}
