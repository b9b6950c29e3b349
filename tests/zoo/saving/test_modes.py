"""What is frozen, the policy and the quantization outlive files, clones and presets."""

import keras
import numpy as np
import pytest

from keras_memory import zoo


def through_a_file(model, folder):
    model.save(folder / "model.keras")
    return zoo.load(folder / "model.keras")


def through_a_clone(model, folder):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return clone


def through_a_preset(model, folder):
    model.save_to_preset(folder / "preset")
    return zoo.from_preset(folder / "preset")


WAYS = [through_a_file, through_a_clone, through_a_preset]
EVERY_WAY = pytest.mark.parametrize("again", WAYS, ids=lambda way: way.__name__)


def trainable_paths(model):
    return sum(layer.trainable for layer in model._flatten_layers()), len(
        model.trainable_variables
    )


def set_classifier():
    return zoo.SetClassifier((8,), num_heads=2, key_dim=4)


def frozen_pooling():
    model = set_classifier()
    model.get_layer("pooling").trainable = False
    return model


def frozen_within():
    """A sublayer of a layer, whose own layer trains on."""
    model = set_classifier()
    inner = next(iter(model.get_layer("pooling")._layers))
    inner.trainable = False
    return model


def frozen_whole():
    model = zoo.PointerNetwork(2, 4, "anything")
    model.trainable = False
    return model


@EVERY_WAY
@pytest.mark.parametrize("make", [frozen_pooling, frozen_within, frozen_whole])
def test_what_is_frozen_stays_frozen(make, again, tmp_path):
    model = make()
    assert trainable_paths(again(model, tmp_path)) == trainable_paths(model)
    assert len(model.trainable_variables) < len(model.weights)


@EVERY_WAY
def test_the_policy_stays(again, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = set_classifier()
    finally:
        keras.config.set_dtype_policy("float32")
    other = again(model, tmp_path)
    assert other.compute_dtype == other.get_layer("pooling").compute_dtype == "bfloat16"
    assert other.variable_dtype == "float32"


@EVERY_WAY
def test_a_quantized_model_answers_as_before(again, make_ntm, tmp_path, rng):
    model = make_ntm()
    inputs = rng.normal(size=(2, 4, 3)).astype("float32")
    before = np.asarray(model(inputs))
    model.quantize("int8")
    quantized = np.asarray(model(inputs))
    assert np.abs(quantized - before).max() > 1e-6
    other = again(model, tmp_path)
    np.testing.assert_allclose(other(inputs), quantized, atol=1e-6)


def test_one_layer_that_is_quantized_stays_the_only_one(make_ntm, tmp_path, rng):
    model = make_ntm()
    dense = next(x for x in model._flatten_layers() if type(x) is keras.layers.Dense)
    dense.quantize("int8")
    other = through_a_file(model, tmp_path)
    modes = [
        [layer.dtype_policy.quantization_mode for layer in one._flatten_layers()]
        for one in (model, other)
    ]
    assert modes[0] == modes[1]
    assert modes[0].count("int8") == 1
    inputs = rng.normal(size=(2, 4, 3)).astype("float32")
    np.testing.assert_allclose(other(inputs), model(inputs), atol=1e-6)


def test_what_cannot_be_restored_is_refused(make_ntm, monkeypatch):
    model = make_ntm()
    model.quantize("int8")
    layer = next(x for x in model._flatten_layers() if x.dtype_policy.quantization_mode)
    monkeypatch.setattr(layer.dtype_policy, "_quantization_mode", "gptq")
    with pytest.raises(ValueError, match="quantized by one of int8.*Received: gptq"):
        model.get_config()
