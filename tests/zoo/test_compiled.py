"""Functions of models are compiled once, and give what the methods themselves do."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import zoo


class Doubler(zoo.PretrainedModel):
    """Counts how often Python runs its method."""

    def __init__(self):
        inputs = keras.Input((3,))
        super().__init__(inputs, keras.layers.Dense(2, name="dense")(inputs))
        self.arguments = {}
        self.calls = []

    def doubled(self, inputs, factor=2):
        self.calls.append(factor)
        return {"doubled": factor * self(inputs["x"]), "of": (inputs["x"],)}


@pytest.fixture
def model():
    keras.utils.set_random_seed(1)
    return Doubler()


def check(model, x, factor=2):
    found = model.run_compiled("doubled", {"x": x}, factor=factor)
    expected = model.doubled({"x": ops.convert_to_tensor(x)}, factor)
    assert ops.is_tensor(found["doubled"])
    for a, b in zip(keras.tree.flatten(found), keras.tree.flatten(expected), strict=True):
        assert ops.convert_to_numpy(a).dtype == ops.convert_to_numpy(b).dtype
        np.testing.assert_allclose(
            ops.convert_to_numpy(a), ops.convert_to_numpy(b), atol=1e-6
        )


def test_it_gives_what_the_method_does(model, rng):
    for rows in (1, 4):
        check(model, rng.random((rows, 3), "float32"))
        check(model, rng.random((rows, 3), "float32"), factor=3)


@pytest.mark.only("tensorflow", "jax", because="PyTorch compiles nothing")
def test_python_runs_once_for_a_shape(model, rng):
    for _ in range(3):
        model.run_compiled("doubled", {"x": rng.random((2, 3), "float32")})
    assert len(model.calls) == 1


def test_weights_are_those_of_now(model, rng):
    x = rng.random((2, 3), "float32")
    check(model, x)
    model.set_weights([rng.random(w.shape) for w in model.get_weights()])
    check(model, x)


def test_other_variables_are_compiled_anew(model, rng):
    x = rng.random((2, 3), "float32")
    check(model, x)
    model.get_layer("dense").enable_lora(1)
    model.set_weights([rng.random(w.shape) for w in model.get_weights()])
    check(model, x)


def test_it_is_in_no_configuration_and_no_weight(model):
    before = len(model.variables), len(model.layers)
    model.run_compiled("doubled", {"x": np.ones((1, 3), "float32")})
    assert (len(model.variables), len(model.layers)) == before


@pytest.mark.only("tensorflow", because="graphs within graphs are TensorFlow's")
def test_inside_of_a_graph_it_is_part_of_it(model):
    import tensorflow as tf

    @tf.function
    def graph(x):
        return model.run_compiled("doubled", {"x": x})["doubled"]

    x = np.ones((1, 3), "float32")
    np.testing.assert_allclose(graph(tf.constant(x)), model.doubled({"x": x})["doubled"])


@pytest.mark.only("jax", because="functions are compiled by `jax.jit`")
def test_inside_of_a_compiled_function_it_is_part_of_it(model):
    import jax

    x = np.ones((1, 3), "float32")
    found = jax.jit(lambda x: model.run_compiled("doubled", {"x": x})["doubled"])(x)
    np.testing.assert_allclose(found, model.doubled({"x": x})["doubled"], atol=1e-6)
