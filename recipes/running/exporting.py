"""Models for serving: SavedModel, ONNX and LiteRT, each compared with the model."""

import contextlib
import functools
import logging
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras

from ...zoo import PretrainedModel
from ...zoo.saving.atomic_files import whole_file, whole_folder
from ...zoo.saving.names import did_you_mean
from ...zoo.saving.pretrained import Endpoints
from . import exported
from .exported import by_name, one_line
from .late_tensorflow import tf
from .versions import new_version


def export(
    model: keras.Model,
    path: str | os.PathLike[str],
    format: str = "tf_saved_model",
    steps: int | None = None,
    endpoint: str | None = None,
    version: int | None = None,
) -> Path:
    """Write a model for serving, whole or not at all: loaded again, it answers as the model.

    `"tf_saved_model"`: a folder with the signature `serving_default`, whole sequences of
    any number and length; or the `endpoints` that the model has, as of strings. A model that
    can be run step by step has two more: `initial_state`, from a batch size, and `step`, one
    step with the state in and out.

    `"onnx"`: one file with one function: whole sequences of any number and length, numbers
    in and logits out; or an `endpoint` of a SavedModel that takes numbers, as the search of a
    pointer network. Inputs and outputs have the names that they have there; an output that is
    called as an input ends in `_out`.

    `"litert"`: one file. A model that can be run step by step is written as its step,
    for one stream: LiteRT has no loop over time without TensorFlow's own operations. Of
    others, those are written whose inputs have no length of their own, as images.

    Args:
        model: A model of the zoo, or another functional model.
        path: The folder or the file to write.
        format: One of the three.
        steps: The most steps of a stream, where the state of the model is as long as the
            sequence, as that of a stack.
        endpoint: For `"onnx"`, the name of the endpoint; the model itself if absent.
        version: With it, `path` is the folder of a model that a server watches. What is
            written there is a new version beside those that are there: the folder `path/1`,
            or the file in it, as `path/1/model.onnx`.

    Returns:
        The path of what was written.

    Raises:
        ValueError: The format or the endpoint is unknown, the model cannot be written in it,
            what was written does not answer as the model does to 1e-5, `steps` is missing,
            `path` is a folder with other files, or has that version already.
        ImportError: `"onnx"` without the packages of the extra `onnx`.

    Example:

    >>> model = keras.Sequential([keras.Input((None, 4)), keras.layers.Dense(2)])
    >>> export(model, "dense.onnx", format="onnx").name
    'dense.onnx'
    """
    if format not in FORMATS:
        raise ValueError(
            f"Expected a format ({', '.join(FORMATS)}). Received: {format!r}"
            f"{did_you_mean(format, FORMATS)}"
        )
    if endpoint is not None and format != "onnx":
        raise ValueError(f"Expected an endpoint for onnx alone. Received: {format!r}")
    path, model, form = Path(path), _with_protocol(model), FORMATS[format]
    functions = form.functions(model, steps, endpoint)
    name = "" if version is None else form.name
    with form.whole(path) if version is None else new_version(path, version) as beside:
        write_checked(model, functions, beside / name, format)
    return path if version is None else path / str(version) / name


def write_checked(model: keras.Model, functions: Endpoints, path: Path, format: str) -> None:
    """Write functions of a model in a format; read again, they answer as the model's.

    Raises:
        ValueError: They do not, or the format cannot hold them.
    """
    form = FORMATS[format]
    try:
        form.write(model, functions, path)
        exported.check(model, functions, form.load(path))
    except exported.Differs as error:
        raise ValueError(
            f"Expected a model that {format} can hold. Received: {model.name!r}, "
            f"{one_line(error)}"
        ) from None


def _with_protocol(model):
    """A model of the zoo; of another functional or sequential model, one with its layers."""
    if isinstance(model, PretrainedModel):
        return model
    if isinstance(model, keras.Sequential):
        (inputs,), (outputs,) = model.inputs, model.outputs
    else:
        inputs, outputs = model.input, model.output
    return PretrainedModel(inputs, outputs, name=model.name)


# Which functions a format holds, by name, with the signatures of their arguments.


def _all_endpoints(model, steps=None, endpoint=None):
    functions = dict(model.endpoints())
    if model.is_stream:
        size = tf.TensorSpec((), tf.int32, "batch_size")
        initial_state = functools.partial(model.initial_state, steps=steps)
        functions["initial_state"] = initial_state, [size]
        functions["step"] = _step(model, None, steps)
    return functions


def _one_endpoint(model, steps, endpoint):
    if endpoint is None:
        return {"call": with_distinct_names(*_call(model))}
    functions = _all_endpoints(model, steps)
    if endpoint not in functions:
        raise ValueError(
            f"Expected an endpoint of {model.name} ({', '.join(functions)}). Received: "
            f"{endpoint!r}"
        )
    function, signature = functions[endpoint]
    if any(tf.as_dtype(spec.dtype) == tf.string for spec in keras.tree.flatten(signature)):
        raise ValueError(
            f"Expected an endpoint of numbers, as ONNX has no text. Received: {endpoint!r}"
        )
    return {endpoint: with_distinct_names(function, signature)}


def _without_loops(model, steps, endpoint):
    if model.is_stream:
        return {"step": _step(model, 1, steps)}
    function, signature = _call(model)
    if any(None in spec.shape[1:] for spec in keras.tree.flatten(signature)):
        raise ValueError(
            "Expected a model that can be run step by step; others take inputs of any "
            "length, which LiteRT does not: export as onnx. Received: "
            f"{model.name!r}"
        )
    return {"serving_default": (function, signature)}


def _call(model):
    return functools.partial(model, training=False), model.signature()


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


def with_distinct_names(
    function: Callable[..., Any], signature: list[Any]
) -> tuple[Callable[..., Any], list[Any]]:
    """The function with outputs by names that no input has, as a graph of ONNX wants it."""
    taken = {spec.name for spec in keras.tree.flatten(signature)}

    def named(*inputs):
        outputs = by_name(function(*inputs))
        return {f"{k}_out" if k in taken else k: v for k, v in outputs.items()}

    return named, signature


# How a format is written and loaded.


def _write_saved_model(model, functions, folder):
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
    for name, (function, signature) in functions.items():
        archive.add_endpoint(name, function, signature)
    archive.write_out(str(folder), verbose=False)


def _load_saved_model(folder):
    signatures = tf.saved_model.load(str(folder)).signatures

    def run(name, inputs):
        return signatures[name](**{key: tf.constant(x) for key, x in inputs.items()})

    return run


def _write_onnx(model, functions, path):
    try:
        import onnxruntime  # noqa: F401
        import tf2onnx
    except ImportError:
        raise ImportError(
            "Expected the packages of ONNX export: pip install keras-memory[onnx]"
        ) from None
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "Expected the TensorFlow backend, from whose graphs ONNX is made. Received: "
            f"{keras.backend.backend()}"
        )
    # Its optimiser logs a traceback for every product that it leaves as it is.
    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    ((function, signature),) = functions.values()
    graph = tf.function(function, autograph=False)
    with _refused():
        tf2onnx.convert.from_function(graph, specs_of(signature), output_path=str(path))


def specs_of(signature: list[Any]) -> list[Any]:
    """The arguments of a signature as TensorFlow has them."""
    return keras.tree.map_structure(
        lambda spec: tf.TensorSpec(spec.shape, spec.dtype, spec.name), signature
    )


def _load_onnx(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what is wrong is raised, too
    with _refused():
        session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    names = [output.name for output in session.get_outputs()]
    return lambda name, inputs: dict(zip(names, session.run(names, inputs), strict=True))


def _write_litert(model, functions, path):
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model)
        for name, (function, signature) in functions.items():
            archive.add_endpoint(name, function, signature)
        archive.write_out(folder, verbose=False)
        with _refused():
            converter = tf.lite.TFLiteConverter.from_saved_model(folder, list(functions))
            path.write_bytes(converter.convert())


def _load_litert(path):
    with _refused(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a package that is to take its place
        interpreter = tf.lite.Interpreter(str(path))
    return lambda name, inputs: interpreter.get_signature_runner(name)(**inputs)


@contextlib.contextmanager
def _refused():
    """What a converter or a runtime raises, as a reason."""
    try:
        yield
    except Exception as error:
        raise exported.Differs(f"of which it raises: {one_line(error)}") from None


class Format(NamedTuple):
    """What a file or folder holds of a model, and how it is written and loaded.

    Args:
        functions: From a model, `steps` and an endpoint to functions by name, with the
            signatures of their arguments.
        write: Writes a model's functions to a path.
        load: From a path to `run(name, inputs)`, arrays by name to arrays by name.
        whole: A context in which it is written whole or not at all.
        name: Of the file in the folder of a version; nothing if it is a folder itself.
    """

    functions: Callable[..., Any]
    write: Callable[..., Any]
    load: Callable[..., Any]
    whole: Callable[..., Any] = whole_file
    name: str = ""


FORMATS = {
    "tf_saved_model": Format(
        _all_endpoints,
        _write_saved_model,
        _load_saved_model,
        functools.partial(whole_folder, mark="saved_model.pb"),
    ),
    "onnx": Format(_one_endpoint, _write_onnx, _load_onnx, name="model.onnx"),
    "litert": Format(_without_loops, _write_litert, _load_litert, name="model.tflite"),
}
