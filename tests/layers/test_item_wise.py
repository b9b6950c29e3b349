import keras
import numpy as np
import pytest

from keras_memory.layers import ItemWise


def test_each_item_by_itself(rng):
    images = rng.normal(size=(2, 5, 7, 6, 3)).astype("float32")
    layer = ItemWise(keras.layers.Conv2D(4, 3))
    found = np.asarray(layer(images))
    assert found.shape == layer.compute_output_shape(images.shape) == (2, 5, 5, 4, 4)
    for batch, item in np.ndindex(2, 5):
        np.testing.assert_allclose(
            found[batch, item], layer.layer(images[batch, item][None])[0], atol=1e-5
        )


def test_training_reaches_the_layer():
    layer = ItemWise(keras.layers.Dropout(0.5, seed=1))
    x = np.ones((2, 5, 8), "float32")
    np.testing.assert_array_equal(layer(x), x)
    assert np.any(np.asarray(layer(x, training=True)) == 0)


def test_images_are_left_as_they_are_but_in_training(rng):
    """`RandomTranslation` by itself takes it for training by default."""
    images = rng.normal(size=(2, 3, 8, 8, 1)).astype("float32")
    shift = keras.Sequential([keras.layers.RandomTranslation(0.5, 0.5, seed=1)])
    inputs = keras.Input(images.shape[1:])
    model = keras.Model(inputs, ItemWise(shift)(inputs))
    np.testing.assert_array_equal(model(images), images)
    assert not np.allclose(model(images, training=True), images)


def test_no_items():
    layer = ItemWise(keras.layers.Dense(3))
    assert layer(np.ones((2, 0, 8), "float32")).shape == (2, 0, 3)


def test_too_few_axes():
    with pytest.raises(ValueError, match=r"\(batch, items, ...\).*Received: \(2, 3\)"):
        ItemWise(keras.layers.Dense(2))(np.ones((2, 3), "float32"))
