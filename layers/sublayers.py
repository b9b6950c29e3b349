"""Parts: layers that a layer is given, or that a name stands for."""

import keras


def build_part(layer, *shapes):
    """Build a layer, unless it comes built, as from a file."""
    if not layer.built:
        layer.build(*shapes)


def with_parts(config, *names):
    """A copy of a config whose parts of these names are layers again."""
    parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
    return {**config, **parts}
