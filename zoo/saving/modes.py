"""What a model's config keeps besides its arguments: precision, quantization, what is frozen.

The config of a functional model of Keras has these in the configs of its layers; that of a
model of the zoo has its constructor's arguments alone.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import keras

DTYPE = "dtype"
QUANTIZATION = "quantization"
TRAINABLE = "trainable"
RESTORED = "int8", "int4", "float8"


def modes_of(model: keras.Model) -> dict[str, Any]:
    """Those entries of the config; what is as Keras has it at first is left out."""
    modes = {DTYPE: model.dtype_policy.name}
    layers = _layers(model)
    quantized = [_quantization_of(layer) for layer in layers]
    if any(quantized):
        modes[QUANTIZATION] = quantized
    if not all(layer.trainable for layer in layers):
        modes[TRAINABLE] = [layer.trainable for layer in layers]
    return modes


def split(config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a config, and its modes."""
    modes = {n: config.pop(n) for n in (DTYPE, QUANTIZATION, TRAINABLE) if n in config}
    return config, modes


@contextlib.contextmanager
def policy(modes: Mapping[str, Any]) -> Iterator[None]:
    """Layers made meanwhile have the policy of the modes; without one, the global policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(modes.get(DTYPE, before))
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def restore(model: keras.Model, modes: Mapping[str, Any]) -> None:
    """Quantize and freeze what was.

    Raises:
        ValueError: The modes are of a model of other layers.
    """
    if QUANTIZATION in modes:
        for layer, quantization in _each(model, modes, QUANTIZATION):
            # An argument that is a layer has come back quantized.
            if quantization and not _mode_of(layer):
                config = keras.saving.deserialize_keras_object(quantization["config"])
                layer.quantize(quantization["mode"], **({"config": config} if config else {}))
    if TRAINABLE in modes:
        # From the outside in: what a layer is set to, its sublayers are set to.
        for layer, is_trainable in _each(model, modes, TRAINABLE):
            layer.trainable = is_trainable


def _quantization_of(layer):
    """The mode of a layer, as `"int8"`, and its configuration; `None` if it has no mode."""
    mode = _mode_of(layer)
    if mode is None:
        return None
    if mode not in RESTORED:
        raise ValueError(
            f"Expected {layer.name} quantized by one of {', '.join(RESTORED)}, as another "
            f"needs its data to be restored. Received: {mode}"
        )
    config = keras.saving.serialize_keras_object(getattr(layer, "quantization_config", None))
    return {"mode": mode, "config": json.loads(json.dumps(config))}  # lists for tuples


def _mode_of(layer):
    return getattr(layer.dtype_policy, "quantization_mode", None)


def _each(model, modes, name):
    """Each layer, with its entry."""
    layers, entries = _layers(model), modes[name]
    if len(layers) != len(entries):
        raise ValueError(
            f"Expected {name} for the {len(layers)} layers of {model.name}. "
            f"Received: {len(entries)}"
        )
    return zip(layers, entries, strict=True)


def _layers(model):
    """The model and all layers within, in the order in which they were made."""
    return list(model._flatten_layers())
