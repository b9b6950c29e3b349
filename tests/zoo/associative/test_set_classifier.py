"""Sets are classified whatever their order, their padding and their size."""

import keras
import numpy as np
import pytest

from keras_memory.zoo import SetClassifier

HEADS = {"num_heads": 2, "key_dim": 3}
READINGS = {
    "association": {**HEADS, "updates": 2},
    "lookup": {**HEADS, "slots": 5},
    "lstm": {"units": 4},
    "pooling": {**HEADS, "quantity": 2},
}
SHAPES = {
    "association": {"weights": (3, 2, 6, 6), "items": (3, 6)},
    "lookup": {"weights": (3, 2, 6, 5), "items": (3, 6)},
    "lstm": {},
    "pooling": {"weights": (3, 2, 2, 6)},
}


@pytest.fixture
def inputs(rng):
    items = rng.normal(size=(3, 6, 4)).astype("float32")
    return {"items": items, "length": np.array([6, 2, 1], "int32")}


def make(reading, **arguments):
    keras.utils.set_random_seed(1)
    return SetClassifier(4, 3, reading, **READINGS[reading], **arguments)


@pytest.mark.parametrize("reading", READINGS)
def test_what_is_behind_the_end_does_not_matter(reading, inputs):
    model = make(reading, hidden_units=5)
    logits = np.asarray(model(inputs))
    behind = np.arange(6) >= inputs["length"][:, None]
    assert np.ptp(logits, axis=0).min() > 0
    changed = {**inputs, "items": np.where(behind[..., None], 99, inputs["items"])}
    np.testing.assert_allclose(model(changed), logits, atol=1e-5)


@pytest.mark.parametrize("reading", READINGS)
def test_order_matters_to_an_lstm_alone(reading, inputs):
    model = make(reading)
    inputs = {**inputs, "length": np.full(3, 6, "int32")}
    turned = {**inputs, "items": inputs["items"][:, ::-1]}
    same = np.allclose(model(turned), model(inputs), atol=1e-5)
    assert same == (reading != "lstm")


@pytest.mark.parametrize("reading", READINGS)
def test_trace(reading, inputs):
    model = make(reading)
    trace = model.trace(inputs)
    np.testing.assert_allclose(trace.pop("logits"), model(inputs), atol=1e-6)
    assert {name: weights.shape for name, weights in trace.items()} == SHAPES[reading]
    behind = np.arange(6) >= inputs["length"][:, None]
    last = trace.get("items", trace.get("weights", np.ones((0, 6))))
    for weights, is_behind in zip(last, behind, strict=False):
        np.testing.assert_array_equal(weights[..., is_behind], 0)
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)


def test_names_of_classes(inputs):
    labels = ["bad", "fair", "good"]
    model = make("pooling", labels=labels)
    found = model.classify(inputs["items"], inputs["length"])
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(model(inputs)))
    named = [labels[number].encode() for number in probabilities.argmax(axis=-1)]
    assert np.asarray(found["label"]).tolist() == named
    probability = keras.ops.convert_to_numpy(found["probability"])
    np.testing.assert_allclose(probability, probabilities.max(axis=-1), atol=1e-6)
    whole = model.classify(inputs["items"][:1])["label"]
    assert np.asarray(whole)[0] == np.asarray(found["label"])[0]
    with pytest.raises(ValueError, match="Expected a model with labels"):
        make("pooling").classify(inputs["items"])


def test_images_are_embedded_one_by_one(rng):
    """As a set of the vectors that the embedding makes of its images."""
    embedding = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(4)])
    images = rng.normal(size=(3, 6, 5, 5)).astype("float32")
    length = np.array([6, 4, 1], "int32")
    model = SetClassifier((5, 5), 3, embedding=embedding, **HEADS)
    vectors = np.asarray(embedding(images.reshape(18, 5, 5))).reshape(3, 6, 4)
    of_vectors = SetClassifier(4, 3, **HEADS)
    of_vectors.set_weights(model.get_weights()[2:])
    np.testing.assert_allclose(
        model({"items": images, "length": length}),
        of_vectors({"items": vectors, "length": length}),
        atol=1e-5,
    )


@pytest.mark.slow
def test_it_learns_which_item_matters(rng):
    """Whether any of up to eight items points into one direction: chance is a half."""
    x = rng.normal(size=(512, 8, 4)).astype("float32")
    length = rng.integers(3, 9, 512)
    item_mask = np.arange(8) < length[:, None]
    label = ((x @ [1, 1, -1, 1] > 2.5) & item_mask).any(-1).astype("int32")
    model = make("pooling")
    model.compile(keras.optimizers.Adam(0.02), model.loss, jit_compile=False)
    model.fit({"items": x, "length": length}, label, epochs=20, verbose=0)
    logits = np.asarray(model({"items": x, "length": length}))
    assert np.mean(logits.argmax(axis=-1) == label) > 0.9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"item_shape": 0, **HEADS}, "positive integer for item_shape. Received: 0"),
        ({"item_shape": 4, "reading": "sum"}, "'lstm', 'pooling' for reading.*'sum'"),
        ({"item_shape": (5, 5), **HEADS}, r"an embedding.*item_shape=\[5, 5\]"),
        ({"item_shape": 4, "hidden_units": -1, **HEADS}, "hidden_units. Received: -1"),
        ({"item_shape": 4, "labels": "ab", "classes": 3, **HEADS}, "3 labels.*'ab'"),
        ({"item_shape": 4, "key_dim": 3, "num_heads": 0}, "num_heads. Received: 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SetClassifier(**arguments)
