"""What a page needs to let models be seen at work: their traces as ONNX, with examples."""

import json
import os
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ...zoo.saving.atomic_files import whole_folder
from . import exported, exporting
from .late_tensorflow import tf


def export_traces(model: keras.Model, folder: str | os.PathLike[str]) -> Path:
    """Write what `trace` returns, and the search of a model that has one, as ONNX.

    For each function of `model.trace_endpoints()`, as `trace`, there are two files:
    `trace.onnx`, from named inputs to named outputs, batches and sequences of any length; and
    `trace.json`, with the types and shapes of both, in which a free size is `null`, and an
    example of them. `model.json` has the class of the model and its arguments.

    Args:
        model: A model of the zoo.
        folder: What to write, whole or not at all.

    Returns:
        The folder.

    Raises:
        ValueError: The model has no trace, ONNX cannot hold it, what was written does not
            answer as the model does to 1e-5, or the folder has other files.
        ImportError: The packages of the extra `onnx` are missing.
    """
    functions = getattr(model, "trace_endpoints", dict)()
    if not functions:
        raise ValueError(f"Expected a model with a trace. Received: {model.name!r}")
    folder = Path(folder)
    with whole_folder(folder, mark="model.json") as beside:
        for name, (function, signature) in functions.items():
            path = beside / f"{name}.onnx"
            named = exporting.with_distinct_names(function, signature)
            exporting.write_checked(model, {name: named}, path, "onnx")
            _write(beside / f"{name}.json", _described(model, *named))
        config = model.get_config()
        arguments = {"class": type(model).__name__, "arguments": config}
        _write(beside / "model.json", arguments)
    return folder


def _described(model, function, signature):
    """Types, shapes and an example of the inputs and the outputs of a function."""
    graph = tf.function(function, autograph=False)
    outputs = graph.get_concrete_function(*exporting.specs_of(signature)).structured_outputs
    inputs = exported.sampled(model, signature)
    answers = function(*keras.tree.map_structure(keras.ops.convert_to_tensor, inputs))
    names = [spec.name for spec in keras.tree.flatten(signature)]
    return {
        "inputs": {spec.name: _spec(spec) for spec in keras.tree.flatten(signature)},
        "outputs": {name: _spec(spec) for name, spec in outputs.items()},
        "example": {
            "inputs": _lists(dict(zip(names, keras.tree.flatten(inputs), strict=True))),
            "outputs": _lists(answers),
        },
    }


def _spec(spec):
    return {"dtype": tf.as_dtype(spec.dtype).name, "shape": list(spec.shape)}


def _lists(arrays):
    return {name: _rounded(keras.ops.convert_to_numpy(x)) for name, x in arrays.items()}


def _rounded(array):
    """Nested lists, of the digits that float32 has."""
    if array.dtype.kind != "f":
        return array.tolist()
    return np.vectorize(lambda x: float(f"{x:.7g}"), otypes=[object])(array).tolist()


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", "utf-8")
