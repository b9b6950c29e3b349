"""`check_layer` passes good layers, and finds what is wrong with others."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import layers
from keras_memory.testing import PROMISES, check_layer, checks
from keras_memory.testing.checks import BACKENDS

PAIR = {"query": ("queries", 4), "key": ("keys", 4)}
register = keras.saving.register_keras_serializable(package="test_check_layer")


@register
class Pooling(keras.layers.Layer):
    """The mean of the items that the mask leaves."""

    def build(self, inputs_shape, mask_shape=None):
        self.scale = self.add_weight(shape=(inputs_shape[-1],), initializer="ones")

    def call(self, inputs, mask):
        step_mask = ops.cast(mask, inputs.dtype)[..., None]
        inputs = ops.where(step_mask > 0, inputs, 0)
        number = ops.maximum(ops.sum(step_mask, axis=1), 1)
        return ops.sum(inputs, axis=1) / number * ops.cast(self.scale, inputs.dtype)


@register
class Leaking(Pooling):
    """Divides by all items, masked or not: padding changes it."""

    def call(self, inputs, mask):
        return ops.mean(ops.where(mask[..., None], inputs, 0), axis=1)


@register
class Forgetful(keras.layers.Layer):
    """Its configuration lacks its argument."""

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return super().get_config()


@register
class Stopped(keras.layers.Layer):
    """Its gradients are not those of what it computes."""

    def call(self, inputs):
        return inputs * ops.stop_gradient(inputs)


@register
class Root(keras.layers.Layer):
    """Its gradient at zero is not finite."""

    def call(self, inputs):
        return ops.sqrt(ops.abs(inputs))


ITEMS = {"inputs": ("items", 4), "mask": ("items",)}
VECTORS = {"inputs": (4,)}


def test_a_layer_with_a_mask_keeps_all(backend):
    passed = check_layer(Pooling, ITEMS)
    assert {"masked_keys_do_not_matter", "saving", "batch_of_one"} <= set(passed)
    assert ("xla" in passed) == (backend in BACKENDS["xla"])


def test_an_instance_a_score_and_a_cell():
    assert "score_compares_what_it_prepared" in check_layer(layers.BilinearScore(2), PAIR)
    passed = check_layer(lambda: keras.layers.SimpleRNNCell(3), {"inputs": (2,)})
    assert "masked_steps_do_not_matter" in passed


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (layers.Attention(), {**PAIR, "value": ("keys", 4)}),
        (layers.MultiHeadAttention(2, 3), {**PAIR, "value": ("keys", 4)}),
        (layers.AttentionPooling(), ITEMS),
        (layers.NTMCell(keras.layers.LSTMCell(4), 5, 3), {"inputs": (2,)}),
    ],
    ids=lambda layer: getattr(layer, "name", ""),
)
@pytest.mark.only("tensorflow", because="Keras computes in float64 on TensorFlow alone")
def test_an_instance_with_layers_in_it(layer, inputs):
    """In float64, too: none of them keeps the policy of the instance."""
    PROMISES["gradients_by_finite_differences"](checks._case(layer, inputs, {}))


def test_arrays_in_place_of_shapes():
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 5, size=(3, 4)).astype("int32")
    assert "gradients_arrive" in check_layer(keras.layers.Embedding(5, 2), {"inputs": ids})


@pytest.mark.parametrize(
    ("make", "inputs", "promise"),
    [
        (Leaking, ITEMS, "masked_keys_do_not_matter"),
        (lambda: Forgetful(2.0), VECTORS, "config_round_trip"),
        (Stopped, VECTORS, "gradients_by_finite_differences"),
        (Root, VECTORS, "no_nan_at_zero"),
    ],
)
def test_what_is_wrong_is_named(make, inputs, promise, backend):
    backends = BACKENDS.get(promise, (backend,))
    if backend not in backends:
        pytest.skip(f"{' and '.join(backends)} only: promise {promise}")
    with pytest.raises(AssertionError) as caught:
        check_layer(make, inputs)
    assert promise in caught.value.__notes__[0]


@pytest.mark.only("tensorflow", because="Keras computes in float64 there alone")
def test_an_expected_failure_must_fail():
    reason = {"gradients_by_finite_differences": "it stops them"}
    assert "xla" in check_layer(Stopped, VECTORS, expected_failures=reason)
    with pytest.raises(AssertionError, match="Expected Pooling to break .*it stops them"):
        check_layer(Pooling, ITEMS, expected_failures=reason)
    with pytest.raises(ValueError, match="Expected promises that apply to Pooling"):
        check_layer(Pooling, ITEMS, expected_failures={"nothing": "no reason"})
