"""Models for serving: SavedModel, ONNX and LiteRT."""

import functools
import logging
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from ...zoo import PretrainedModel
from ...zoo.saving.atomic_files import whole_file, whole_folder
from ...zoo.saving.names import did_you_mean

FORMATS = ("tf_saved_model", "onnx", "litert")


def export(model, path, format="tf_saved_model", steps=None):
    """Write a model for serving, whole or not at all.

    `"tf_saved_model"`: a folder with the signature `serving_default`, whole sequences of
    any number and length; or the `endpoints` that the model has, as of strings. A model that
    can be run step by step has two more: `initial_state`, from a batch size, and `step`, one
    step with the state in and out.

    `"onnx"`: one file, whole sequences of any number and length.

    `"litert"`: one file. A model that can be run step by step is written as its step,
    for one stream: LiteRT has no loop over time without TensorFlow's own operations. Other
    models take inputs of any length, which it does not: for them there is ONNX.

    Args:
        model: A model of the zoo, or another functional model.
        path: The folder or the file to write.
        format: One of the three.
        steps: The most steps of a stream, where the state of the model is as long as the
            sequence, as that of a stack.

    Returns:
        The path.

    Raises:
        ValueError: The format is unknown, the model cannot be written in it, `steps` is
            missing, or `path` is a folder with other files.
        ImportError: `"onnx"` without the packages of the extra `onnx`.
    """
    path, model = Path(path), _with_protocol(model)
    if format == "tf_saved_model":
        with whole_folder(path, "saved_model.pb") as beside:
            _saved_model(model, beside, steps)
    elif format == "onnx":
        with whole_file(path) as beside:
            _onnx(model, beside)
    elif format == "litert":
        with whole_file(path) as beside:
            beside.write_bytes(_litert(model, steps))
    else:
        raise ValueError(
            f"Expected a format ({', '.join(FORMATS)}). Received: {format!r}"
            f"{did_you_mean(format, FORMATS)}"
        )
    return path


def _with_protocol(model):
    """A model of the zoo; of another functional or sequential model, one with its layers."""
    if isinstance(model, PretrainedModel):
        return model
    if isinstance(model, keras.Sequential):
        (inputs,), (outputs,) = model.inputs, model.outputs
    else:
        inputs, outputs = model.input, model.output
    return PretrainedModel(inputs, outputs, name=model.name)


def _saved_model(model, folder, steps):
    archive = keras.export.ExportArchive()
    archive.track(model)
    if model.text is not None:
        if keras.backend.backend() != "tensorflow":
            raise ValueError(
                "Expected the TensorFlow backend, whose strings a SavedModel has. Received: "
                f"{keras.backend.backend()}"
            )
        for layer in model.text.layers:
            archive.track(layer)
    for name, (function, signature) in model.endpoints().items():
        archive.add_endpoint(name, function, signature)
    if model.is_stream:
        size = tf.TensorSpec((), tf.int32, "batch_size")
        initial_state = functools.partial(model.initial_state, steps=steps)
        archive.add_endpoint("initial_state", initial_state, [size])
        archive.add_endpoint("step", *_step(model, None, steps))
    archive.write_out(str(folder), verbose=False)


def _onnx(model, path):
    try:
        import tf2onnx  # noqa: F401
    except ImportError:
        raise ImportError(
            "Expected the packages of ONNX export: pip install keras-memory[onnx]"
        ) from None
    # Its optimiser logs a traceback for every product that it leaves as it is.
    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    model.export(str(path), format="onnx", verbose=False, input_signature=model.signature())


def _litert(model, steps):
    if not model.is_stream:
        raise ValueError(
            "Expected a model that can be run step by step; others take inputs of any "
            "length, which LiteRT does not: export as onnx. Received: "
            f"{model.name!r}"
        )
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("step", *_step(model, 1, steps))
        archive.write_out(folder, verbose=False)
        return tf.lite.TFLiteConverter.from_saved_model(folder, ["step"]).convert()


def _step(model, batch_size, steps):
    """One step as a function of `(inputs, state)`, with its signature."""
    features = model.inputs[0].shape[-1]
    inputs = tf.TensorSpec((batch_size, features), tf.float32, "inputs")
    state = {
        name: tf.TensorSpec((batch_size, *value.shape[1:]), tf.float32, name)
        for name, value in model.initial_state(1, steps).items()
    }

    def step(inputs, state):
        logits, state = model.step(inputs, state)
        return {"logits": logits, **state}

    return step, [inputs, state]
