"""What all tests share. Imports no backend, so that collecting tests stays fast."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def backend():
    import keras

    return keras.backend.backend()


@pytest.fixture
def only_tensorflow(backend):
    if backend != "tensorflow":
        pytest.skip("TensorFlow alone has what this test needs")


@pytest.fixture(scope="session")
def compiled():
    """`compiled(function)`: by XLA."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return lambda function: tf.function(function, jit_compile=True)
    import jax

    return jax.jit


@pytest.fixture(scope="session")
def gradients():
    """`gradients(function, *arrays)`: of the sum of its result, by each array."""
    import keras

    def total(function, arrays):
        return keras.ops.sum(function(*arrays))

    def by_tensorflow(function, *arrays):
        import tensorflow as tf

        arrays = [tf.constant(array) for array in arrays]
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = total(function, arrays)
        found = tape.gradient(value, arrays, unconnected_gradients="zero")
        return [np.asarray(gradient) for gradient in found]

    def by_jax(function, *arrays):
        import jax

        arrays = [jax.numpy.asarray(array) for array in arrays]
        found = jax.grad(lambda *xs: total(function, xs), range(len(arrays)))(*arrays)
        return [np.asarray(gradient) for gradient in found]

    ways = {"tensorflow": by_tensorflow, "jax": by_jax}
    if keras.backend.backend() not in ways:
        pytest.skip(f"no gradients of {keras.backend.backend()} here")
    return ways[keras.backend.backend()]


@pytest.fixture(scope="session")
def slopes():
    """`slopes(function, *arrays)`: the same as `gradients`, by central differences."""

    def compute(function, *arrays):
        arrays = [np.array(array, "float64") for array in arrays]
        found = [np.zeros_like(array) for array in arrays]
        for array, slope in zip(arrays, found, strict=True):
            for place in np.ndindex(array.shape):
                here, h = array[place], 1e-5
                array[place] = here + h
                above = np.sum(np.asarray(function(*arrays)))
                array[place] = here - h
                below = np.sum(np.asarray(function(*arrays)))
                array[place] = here
                slope[place] = (above - below) / (2 * h)
        return found

    return compute
