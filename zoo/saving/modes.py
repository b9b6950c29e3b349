"""What a model's config keeps besides its arguments: precision, quantization, what is frozen.

The config of a functional model of Keras has these in the configs of its layers; that of a
model of the zoo has its constructor's arguments alone.
"""

import contextlib

import keras

DTYPE = "dtype"
QUANTIZATION = "quantization"
TRAINABLE = "trainable"


def modes_of(model):
    """Those entries of the config; what is as Keras has it at first is left out."""
    modes = {DTYPE: model.dtype_policy.name}
    layers = _layers(model)
    quantized = {
        mode
        for layer in layers
        if (mode := getattr(layer.dtype_policy, "quantization_mode", None))
    }
    if quantized:
        modes[QUANTIZATION] = quantized.pop()
    if not all(layer.trainable for layer in layers):
        modes[TRAINABLE] = [layer.trainable for layer in layers]
    return modes


def split(config):
    """The arguments of a config, and its modes."""
    modes = {n: config.pop(n) for n in (DTYPE, QUANTIZATION, TRAINABLE) if n in config}
    return config, modes


@contextlib.contextmanager
def policy(modes):
    """Layers made meanwhile have the policy of the modes; without one, the global policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(modes.get(DTYPE, before))
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def restore(model, modes):
    """Quantize and freeze what was.

    Raises:
        ValueError: The modes are of a model of other layers.
    """
    if QUANTIZATION in modes:
        model.quantize(modes[QUANTIZATION])
    if TRAINABLE in modes:
        layers, trainable = _layers(model), modes[TRAINABLE]
        if len(layers) != len(trainable):
            raise ValueError(
                f"Expected {TRAINABLE} for the {len(layers)} layers of {model.name}. "
                f"Received: {len(trainable)}"
            )
        # From the outside in: what a layer is set to, its sublayers are set to.
        for layer, flag in zip(layers, trainable, strict=True):
            layer.trainable = flag


def _layers(model):
    """The model and all layers within, in the order in which they were made."""
    return list(model._flatten_layers())
