"""What was exported answers as the model does, to inputs that are sampled."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ...layers.masks import LOWEST
from ...zoo.saving.pretrained import Endpoints
from .late_tensorflow import tf

SIZES = (2, 0), (3, 3)  # of batches, and steps beyond the fewest
STEPS = 4  # of few, a recurrent network multiplies no rounding
LONGEST = 200  # characters of another's error
TOLERANCE = 1e-5  # of the largest number of an output, or of 1
IN_HALF_PRECISION = {"float16": 1e-2, "bfloat16": 1e-1}


class Differs(Exception):
    """Why what was written does not stand for the model."""


def check(model: keras.Model, functions: Endpoints, run: Callable[..., Any]) -> None:
    """Raise `Differs` unless what was written answers as the functions of the model.

    Args:
        model: The model.
        functions: Its functions by name, with the signatures of their arguments.
        run: From a name and arrays by name to the answers, arrays by name.
    """
    tolerance = IN_HALF_PRECISION.get(model.compute_dtype, TOLERANCE)
    for name, (function, signature) in functions.items():
        for batch, further in SIZES:
            inputs = sampled(model, signature, batch, further)
            expected = by_name(function(*keras.tree.map_structure(_tensor, inputs)))
            specs, arrays = keras.tree.flatten(signature), keras.tree.flatten(inputs)
            named = {spec.name: array for spec, array in zip(specs, arrays, strict=True)}
            try:
                found = run(name, named)
            except Exception as error:
                raise Differs(f"of which {name} raises: {one_line(error)}") from None
            _compare(name, expected, found, tolerance)


def by_name(outputs: Any) -> dict[str, Any]:
    """Outputs by their names, as a SavedModel has them."""
    if isinstance(outputs, dict):
        return outputs
    return {f"output_{i}": output for i, output in enumerate(keras.tree.flatten(outputs))}


def one_line(error: BaseException) -> str:
    """What an error says, on one line that is not long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _compare(name, expected, found, tolerance):
    if set(expected) != set(found):
        raise Differs(f"of which {name} gives {', '.join(found)}, not {', '.join(expected)}")
    for output, value in expected.items():
        value, other = (_array(x) for x in (value, found[output]))
        if value.dtype.kind == "f" and value.shape == other.shape:
            largest = np.max(np.abs(value), initial=0, where=value > LOWEST)
            if output == "energies" and "attractors" in expected:
                # Small differences of what are sums of squares over all units.
                largest = np.max(np.sum(np.square(_array(expected["attractors"])), axis=-1))
            near = tolerance * max(1, largest)
            same = np.allclose(value, other, tolerance, near, equal_nan=True)
        else:
            same = np.array_equal(value, other)
        if not same:
            raise Differs(f"of which {name} gives another {output} than the model")


def sampled(
    model: keras.Model, signature: list[Any], batch: int = 2, further: int = 0
) -> list[Any]:
    """Arrays that a function of the model takes, in the structure of its signature."""
    rng = np.random.default_rng(batch)
    arguments = getattr(model, "arguments", {})
    # A model that stores every k-th of its states wants as many steps.
    steps = STEPS + arguments.get("k_att", 0) + further

    def sample(spec):
        dtype = tf.as_dtype(spec.dtype)
        shape = [steps if size is None else size for size in spec.shape]
        if shape and spec.shape[0] is None:
            shape[0] = batch
        if dtype == tf.string:
            texts = [_text(arguments, rng) for _ in range(int(np.prod(shape)))]
            return np.array(texts, object).reshape(shape)
        if dtype == tf.bool:
            return rng.random(shape) < 0.5
        if dtype.is_integer:
            # A length, or the number of a class or a point: all have 0 and 1.
            fewest, most = (1, steps) if spec.name == "length" else (0, 1)
            fewest, most = (fewest, most) if shape else (batch, batch)
            return np.asarray(rng.integers(fewest, most + 1, shape), dtype.as_numpy_dtype)
        return rng.random(shape).astype(dtype.as_numpy_dtype)

    return keras.tree.map_structure(sample, signature)


def _text(arguments, rng):
    """A text of words or characters that the model knows."""
    if "vocabulary" in arguments:
        return " ".join(rng.choice(arguments["vocabulary"], 5))
    names = "source_characters", "characters", "labels"
    characters = next(arguments[name] for name in names if name in arguments)
    return "".join(rng.choice(list(characters), 5))


def _tensor(array):
    if array.dtype == object:
        return tf.constant(array)
    return keras.ops.convert_to_tensor(array)


def _array(x):
    return x.numpy() if isinstance(x, tf.Tensor) else keras.ops.convert_to_numpy(x)
