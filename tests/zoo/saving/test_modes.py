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
OURS = pytest.mark.parametrize(
    "again", [through_a_file, through_a_preset], ids=lambda way: way.__name__
)


def set_classifier():
    return zoo.SetClassifier((8,), num_heads=2, key_dim=4)


def frozen_pooling():
    model = set_classifier()
    model.get_layer("pooling").trainable = False
    return model


def frozen_whole():
    model = zoo.PointerNetwork(2, 4, "anything")
    model.trainable = False
    return model


@EVERY_WAY
@pytest.mark.parametrize("make", [frozen_pooling, frozen_whole])
def test_what_is_frozen_stays_frozen(make, again, tmp_path):
    model = make()
    found, expected = (len(m.trainable_variables) for m in (again(model, tmp_path), model))
    assert found == expected < len(model.weights)


@OURS
def test_what_is_frozen_within_a_layer_stays_frozen(again, make_ntm, tmp_path):
    """Which a clone does not know: Keras makes its layers anew, from their arguments."""
    model = make_ntm()
    dense = next(x for x in model._flatten_layers() if type(x) is keras.layers.Dense)
    dense.trainable = False
    found, expected = (len(m.trainable_variables) for m in (again(model, tmp_path), model))
    assert found == expected < len(model.weights)


@EVERY_WAY
def test_the_policy_stays(again, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = set_classifier()
    finally:
        keras.config.set_dtype_policy("float32")
    other = again(model, tmp_path)
    pooling = other.get_layer("pooling")
    assert (pooling.compute_dtype, pooling.variable_dtype) == ("bfloat16", "float32")
    assert again is through_a_clone or other.compute_dtype == "bfloat16"


@OURS
def test_a_quantized_model_answers_as_before(again, make_ntm, tmp_path, rng):
    model = make_ntm()
    inputs = rng.normal(size=(2, 4, 3)).astype("float32")
    before = np.asarray(model(inputs))
    model.quantize("int8")
    quantized = np.asarray(model(inputs))
    assert np.abs(quantized - before).max() > 1e-6
    other = again(model, tmp_path)
    np.testing.assert_allclose(other(inputs), quantized, atol=1e-6)


@pytest.mark.parametrize("k_top", [2, 0])
def test_a_model_that_was_loaded_is_quantized(k_top, tmp_path):
    """Whatever of its layers is in use."""
    sizes = {"input_units": 3, "output_units": 2, "units": 4, "k_att": 2, "k_top": k_top}
    model = through_a_file(zoo.SparseAttentiveRNN(**sizes), tmp_path)
    model.quantize("int8")
    modes = [layer.dtype_policy.quantization_mode for layer in model._flatten_layers()]
    assert "int8" in modes


def test_a_layer_that_is_an_argument_comes_back_quantized(tmp_path):
    embedding = keras.Sequential([keras.layers.Dense(6)])
    model = zoo.SetClassifier((8,), embedding=embedding, num_heads=2, key_dim=4)
    model.quantize("int8")
    other = through_a_preset(model, tmp_path)
    for mine, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


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
