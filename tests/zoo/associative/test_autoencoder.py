import keras
import numpy as np
import pytest

from keras_memory import layers, zoo


@pytest.fixture(scope="module")
def patterns():
    """Rows of four kinds, four numbers that come twice: halves that tell each other."""
    half = np.random.default_rng(0).integers(0, 2, (256, 4)).astype("float32")
    return np.concatenate([half, half], axis=1)


def fit(model, patterns):
    model.compile(keras.optimizers.Adam(1e-2), loss=model.loss, jit_compile=False)
    return model.fit(patterns, patterns, epochs=30, verbose=0)


@pytest.fixture(scope="module")
def trained(patterns):
    keras.utils.set_random_seed(1)
    model = zoo.Autoencoder(8, (32, 16), corruption=layers.Occlusion((2, 4), seed=2))
    fit(model, patterns)
    return model


@pytest.mark.slow
def test_it_completes_what_is_hidden(trained, patterns):
    cues = np.where(np.arange(8) < 4, patterns, 0)
    found = np.asarray(trained(cues))
    assert np.mean(np.round(found) == patterns) > 0.97  # 0.75 with zeros for what is hidden


@pytest.mark.slow
def test_without_corruption_it_does_not(trained, patterns):
    keras.utils.set_random_seed(1)
    model = zoo.Autoencoder(8, (32, 16))
    assert fit(model, patterns).history["loss"][-1] < 0.01
    cues = np.where(np.arange(8) < 4, patterns, 0)
    hidden = [np.square(m(cues) - patterns).mean() for m in (model, trained)]
    assert hidden[0] > 2 * hidden[1]


def test_it_is_a_stack_of_maps(rng):
    keras.utils.set_random_seed(4)
    model = zoo.Autoencoder(6, (5, 4, 3), activation="tanh")
    cues = rng.random((7, 6)).astype("float32")
    weights = [w.astype("float64") for w in model.get_weights()]
    shapes = [w.shape for w in weights[::2]]
    assert shapes == [(6, 5), (5, 4), (4, 3), (3, 4), (4, 5), (5, 6)]
    hidden, states = cues, []
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        states.append(hidden @ kernel + bias)
        hidden = np.tanh(states[-1])
    trace = model.trace(cues)
    np.testing.assert_allclose(trace["codes"], np.tanh(states[2]), atol=1e-5)
    whole = 1 / (1 + np.exp(-states[-1]))
    np.testing.assert_allclose(trace["reconstructions"], whole, atol=1e-5)
    np.testing.assert_allclose(model.predict(cues, verbose=0), whole, atol=1e-5)


def test_presets(trained, patterns, tmp_path):
    trained.save_to_preset(tmp_path / "preset")
    again = zoo.from_preset(tmp_path / "preset")
    assert again.get_config() == trained.get_config()
    np.testing.assert_allclose(again(patterns), trained(patterns), atol=1e-6)
    assert again.layers[1].shape == (2, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "Expected a positive integer for units. Received: 0"),
        ({"sizes": ()}, r"Expected sizes of one layer or more. Received: \(\)"),
        ({"sizes": 64}, "Expected sizes of one layer or more. Received: 64"),
        ({"sizes": (4, 0)}, "Expected a positive integer for sizes. Received: 0"),
    ],
)
def test_mistakes(arguments, message):
    with pytest.raises(ValueError, match=message):
        zoo.Autoencoder(**{"units": 6, **arguments})
