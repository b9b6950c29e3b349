"""The checks that Keras runs on its own layers, on ours."""

import inspect

import keras
import pytest
from keras.src.testing import TestCase
from table import TABLE

from keras_memory.testing.backends import policy

LAYERS = [
    entry
    for entry in TABLE
    if entry.covers.__module__.startswith("keras_memory.layers")
    and any(array.dtype != bool for array in entry.arrays().values())  # it has no Booleans
]

pytestmark = pytest.mark.long  # on JAX, `.ci/run` runs them each time
takes_minutes_on_jax = (
    pytest.mark.slow if keras.backend.backend() == "jax" else lambda test: test
)


class Battery(TestCase):
    def runTest(self):
        """`TestCase` is made for a method of that name."""


def inputs_of(entry):
    """Shapes of what `build` takes, or of the only input; the rest as arrays."""
    arrays = entry.arrays()
    built_by = inspect.signature(type(entry.make()).build).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in built_by.values())
    given = {
        name: array
        for name, array in arrays.items()
        if (takes_all or f"{name}_shape" in built_by) and array.dtype != bool
    }
    if len(given) > 1:
        shapes = {f"{name}_shape": array.shape for name, array in given.items()}
        dtypes = {f"{name}_shape": str(array.dtype) for name, array in given.items()}
    else:
        name, array = next(iter(arrays.items()))
        given, shapes, dtypes = {name}, array.shape, str(array.dtype)
    others = {name: array for name, array in arrays.items() if name not in given}
    return {"input_shape": shapes, "input_dtype": dtypes, "call_kwargs": others}


@takes_minutes_on_jax
@pytest.mark.parametrize("entry", LAYERS, ids=lambda entry: entry.name)
def test_battery(entry):
    def layer_class(dtype="float32"):
        with policy(dtype):
            made = entry.make()  # which may have stored something
            return type(made).from_config(made.get_config())

    inputs = inputs_of(entry)
    parameters = inspect.signature(entry.covers.call).parameters
    others = inputs["call_kwargs"]
    Battery().run_layer_test(
        layer_class,
        {},
        # Keras trains and specifies with the inputs alone.
        run_training_check=isinstance(inputs["input_shape"], tuple) and not others,
        run_mixed_precision_check=all(parameters[n].default is None for n in others),
        **inputs,
    )
