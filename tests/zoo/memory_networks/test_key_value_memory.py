import keras
import numpy as np
import pytest

from keras_memory.layers.attention.selections import SELECTIONS
from keras_memory.zoo import KeyValueMemory, figures


@pytest.fixture
def inputs(rng):
    shapes = {"query": (5, 4), "key": (5, 6, 4), "value": (5, 6, 3)}
    return {name: rng.normal(size=s).astype("float32") for name, s in shapes.items()}


def make(**arguments):
    keras.utils.set_random_seed(3)
    return KeyValueMemory(dim=4, classes=3, **arguments)


def test_answer_is_read_once(inputs, naive_softmax):
    model = make()
    question, shift = model.get_layer("question").get_weights()
    kernel, bias = model.get_layer("answer").get_weights()
    weights = model.trace(inputs)["weights"]
    for b in range(5):
        scores = inputs["key"][b] @ (inputs["query"][b] @ question + shift) / 2  # / √dim
        expected = naive_softmax(scores.astype("float64"))
        np.testing.assert_allclose(weights[b], expected, atol=1e-4)
        answer = expected @ inputs["value"][b] @ kernel + bias
        np.testing.assert_allclose(model.logits(inputs)[b], answer, atol=1e-3)


@pytest.fixture
def naive_softmax():
    def softmax(x):
        powers = np.exp(x - x.max())
        return powers / powers.sum()

    return softmax


@pytest.mark.parametrize("selection", SELECTIONS)
def test_every_selection_trains_and_comes_back(selection, inputs, tmp_path):
    model = make(selection=selection, seed=1)
    targets = np.array([0, 1, 2, 0, 1])
    if selection == "sample":
        targets = {"answer": targets, "policy": targets}
    history = model.fit(inputs, targets, epochs=2, verbose=0).history
    assert np.all(np.isfinite(history["loss"]))
    model.save_to_preset(tmp_path / "preset")
    again = KeyValueMemory.from_preset(tmp_path / "preset")
    np.testing.assert_array_equal(again.logits(inputs), model.logits(inputs))


def test_attention_map_has_a_row_a_query(inputs):
    weights = make().trace(inputs)["weights"]
    names = ["a", "b", "c", "d", "e", "f"]
    figure = figures.attention_map(weights, names, "query")
    axis = figure.axes[0]
    np.testing.assert_allclose(axis.images[0].get_array(), weights)
    assert [label.get_text() for label in axis.get_xticklabels()] == names
    assert axis.get_ylabel() == "query"


def test_bad_arguments():
    with pytest.raises(ValueError, match="'softmax'.* for selection. Received: 'soft'"):
        KeyValueMemory(selection="soft")
    with pytest.raises(ValueError, match="positive integer for dim. Received: 0"):
        KeyValueMemory(dim=0)
