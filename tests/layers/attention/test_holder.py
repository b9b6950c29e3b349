"""Layers that hold an attention: what configs and files of weights know of it."""

import h5py
import keras
import numpy as np
import pytest

from keras_memory.layers import (
    Attention,
    AttentionPooling,
    BilinearScore,
    HopfieldAssociation,
    HopfieldPooling,
    LinearStart,
    LocalAttention,
    MemoryHop,
    MultiHeadAttention,
)

PARTS = {"dropout": 0.5, "seed": 1}
HOLDERS = {
    "heads": (MultiHeadAttention, {"num_heads": 2, "key_dim": 3}, ["queries", "keys"]),
    "local": (LocalAttention, {"reach": 1}, ["queries", "keys"]),
    "pooling": (AttentionPooling, {}, ["keys"]),
    "hop": (MemoryHop, {"mapped": True}, ["query", "keys"]),
    "hopfield": (HopfieldAssociation, {"num_heads": 2, "key_dim": 3}, ["queries", "keys"]),
    "learned": (HopfieldPooling, {"num_heads": 2, "key_dim": 3}, ["keys"]),
}


def arrays(names, rng):
    shapes = {"query": (2, 4), "queries": (2, 3, 4), "keys": (2, 5, 4)}
    return [rng.normal(size=shapes[name]).astype("float32") for name in names]


def groups_with_weights(path):
    """Where a file of a model of one layer has weights, below that layer."""
    found = set()

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.startswith("layers/"):
            found.add(name.split("/vars")[0].partition("/")[2].partition("/")[2])

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


@pytest.mark.parametrize("name", HOLDERS)
def test_files_know_the_parts_by_their_own_names(name, rng, tmp_path):
    """As they did when these layers were attentions themselves: old files load."""
    make, arguments, inputs = HOLDERS[name]
    layer = make(score=BilinearScore(), selection=LinearStart(), **arguments, **PARTS)
    inputs = [keras.Input(a.shape[1:]) for a in arrays(inputs, rng)]
    model = keras.Model(inputs, layer(*inputs))
    model.save_weights(tmp_path / "it.weights.h5")
    found = groups_with_weights(tmp_path / "it.weights.h5")
    assert {"score", "selection"} <= found
    assert not any("attention" in group.split("/") for group in found)


@pytest.mark.parametrize("name", HOLDERS)
def test_parts_are_its_own(name, rng):
    make, arguments, inputs = HOLDERS[name]
    layer = make(score="bilinear", selection="sparsemax", **arguments, **PARTS)
    config = layer.get_config()
    assert {"score", "selection", "dropout", "seed"} <= config.keys()
    again = make.from_config(config)
    assert isinstance(again.score, BilinearScore)
    assert again.dropout == 0.5
    assert again.seed == 1
    inputs = arrays(inputs, rng)
    expected = layer(*inputs)
    again(*inputs)
    again.set_weights(layer.get_weights())
    np.testing.assert_allclose(again(*inputs), expected)


@pytest.mark.parametrize(
    "given", [{"score": "dot"}, {"selection": LinearStart()}, {"dropout": 0.1}, {"seed": 3}]
)
def test_heads_take_an_attention_or_its_arguments(given):
    (name,) = given
    expected = "Expected score, selection, dropout, seed of the attention that is given. "
    with pytest.raises(ValueError, match=f"{expected}Received: {name}=.* beside attention"):
        MultiHeadAttention(2, 3, attention=Attention("additive"), **given)


def test_the_config_of_heads_has_the_attention_that_was_given(rng):
    layer = MultiHeadAttention(2, 3, attention=Attention("additive", dropout=0.5, seed=1))
    config = layer.get_config()
    assert not {"score", "selection", "dropout", "seed"} & config.keys()
    again = MultiHeadAttention.from_config(config)
    assert again.get_config() == config
    assert (again.dropout, again.seed) == (0.5, 1)
    inputs = arrays(["queries", "keys"], rng)
    expected = layer(*inputs)
    again(*inputs)
    again.set_weights(layer.get_weights())
    np.testing.assert_allclose(again(*inputs), expected)
