"""Handwriting: what is written step by step, and what the window reads."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import layers, zoo

TEXTS = ["ab", "cab"]
POINTS = [
    np.array([[0.5, 1.5, 0], [1, 0, 0], [0, -1, 1], [1, 0, 1]]),
    np.array([[0.1, 1, 1], [1, 0.5, 0], [0, -1, 1], [1, 0, 1], [0.5, 0, 1]]),
]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    model = zoo.HandwritingRNN("abc", units=5, components=2, speed=0.3)
    random = np.random.default_rng(2)
    model.set_weights([0.4 * random.normal(size=w.shape) for w in model.weights])
    return model


def test_examples_are_shifted_and_padded(model):
    inputs, targets, weights = model.examples(TEXTS, POINTS)
    points = ops.convert_to_numpy(inputs["points"])
    np.testing.assert_allclose(targets[0, :4], POINTS[0])
    np.testing.assert_array_equal(points[:, 0], 0)
    np.testing.assert_allclose(points[:, 1:], targets[:, :-1])
    np.testing.assert_array_equal(weights, [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]])
    # 2 is the end of the text, "a" is 3.
    np.testing.assert_array_equal(
        ops.convert_to_numpy(inputs["text"]), [[3, 4, 2, 0], [5, 3, 4, 2]]
    )


def test_nats_are_the_loss(model):
    inputs, targets, weights = model.examples(TEXTS, POINTS)
    nats = model.nats(inputs, targets)
    loss = model.evaluate(inputs, targets, sample_weight=weights, verbose=0)
    np.testing.assert_allclose(nats[weights > 0].mean(), loss, rtol=1e-4)


def test_what_is_written_is_what_the_network_reads_again(model):
    """Of the points that it wrote, the whole network has the windows that it had."""
    found = model.write(TEXTS, seed=3, most_points=7)
    for row, text in enumerate(TEXTS):
        points = found["points"][row]
        assert points.shape == (len(points), 3)
        assert set(points[:, 2]) <= {0, 1}
        trace = model.trace(model.inputs_of([text], points[None]))
        for name in ("weights", "positions"):
            np.testing.assert_allclose(found[name][row], trace[name][0], atol=1e-4)
        letters = model.predict_letters(model.inputs_of([text], points[None]))
        np.testing.assert_array_equal(found["letters"][row], letters[0])
        assert (np.diff(found["positions"][row], axis=0) > 0).all()
    again = model.write([TEXTS[0]], seed=3, most_points=7)["points"][0]
    np.testing.assert_allclose(again, found["points"][0], atol=1e-4)


def test_writing_is_one_function_of_numbers(model):
    noise = np.random.default_rng((3, 1)).random((1, 7, 4)).astype("float32")
    found = model.written({"text": model.text_ids(["cab"]), "noise": noise, "bias": 1})
    expected = model.write(TEXTS, bias=1, seed=3, most_points=7)
    count = int(found["count"][0])
    for name in ("points", "letters", "weights", "positions"):
        array = ops.convert_to_numpy(found[name])[0, :count]
        np.testing.assert_allclose(array, expected[name][1], atol=1e-4)


def test_a_text_ends_where_the_window_is_at_its_end():
    keras.utils.set_random_seed(0)
    fast = zoo.HandwritingRNN("abc", units=4, components=2, num_windows=1, speed=1.0)
    found = fast.write(["a", "abc"], seed=0, most_points=30)
    assert len(found["points"][0]) < len(found["points"][1]) < 30
    assert found["letters"][1].max() < 3


def test_characters_without_a_number_are_named(model):
    found = model.write(["azz!"], seed=0, most_points=2)
    assert np.asarray(found["unknown"])[0].decode() == "z!"


def test_the_larger_the_bias_the_nearer_to_the_likeliest():
    mixture = zoo.HandwritingRNN("a", units=4, components=3).mixture
    parameters = np.random.default_rng(0).normal(size=(1, 19)).astype("float32")
    plain, biased = (mixture.distribution(parameters, bias) for bias in (0.0, 2.0))
    plain, biased = (
        {name: ops.convert_to_numpy(array) for name, array in found.items()}
        for found in (plain, biased)
    )
    np.testing.assert_allclose(
        biased["deviations"], plain["deviations"] * np.exp(-2.0), rtol=1e-5
    )
    assert biased["weights"].max() > plain["weights"].max()
    np.testing.assert_allclose(biased["means"], plain["means"])


def test_samples_have_the_moments_of_the_density():
    from keras_memory.zoo.recurrent.handwriting_writer import sampled_point

    distribution = {
        "end": np.array(0.25),
        "weights": np.array([0.7, 0.3]),
        "means": np.array([[0, 0], [3, -1.0]]),
        "deviations": np.array([[1, 0.5], [0.2, 2.0]]),
        "correlations": np.array([0.8, -0.5]),
    }
    noise = np.random.default_rng(0).random((100_000, 4)).astype("float32")
    alike = {
        name: ops.convert_to_tensor(np.repeat(array[None], len(noise), axis=0), "float32")
        for name, array in distribution.items()
    }
    samples = ops.convert_to_numpy(sampled_point(alike, ops.convert_to_tensor(noise)))
    np.testing.assert_allclose(samples.mean(axis=0), [0.9, -0.3, 0.25], atol=0.03)
    covariance = sum(
        w
        * (
            np.array([[d[0] ** 2, r * d[0] * d[1]], [r * d[0] * d[1], d[1] ** 2]])
            + np.outer(m - [0.9, -0.3], m - [0.9, -0.3])
        )
        for w, m, d, r in zip(
            distribution["weights"],
            distribution["means"],
            distribution["deviations"],
            distribution["correlations"],
            strict=True,
        )
    )
    np.testing.assert_allclose(np.cov(samples[:, :2].T), covariance, atol=0.06)


def test_letters_of_windows(model):
    inputs, *_ = model.examples(TEXTS, POINTS)
    found, weights = model.predict_letters(inputs), model.trace(inputs)["weights"]
    for letters, of_text in zip(found, weights, strict=True):
        last = 0
        for letter, of_point in zip(letters, of_text, strict=True):
            last = of_point.argmax() if of_point.max() >= 0.5 else last
            assert letter == last


def test_without_a_window(model):
    blind = zoo.HandwritingRNN("abc", units=5, components=2, window=False)
    inputs, targets, weights = blind.examples(TEXTS, POINTS)
    assert list(inputs) == ["points"]
    assert set(blind.trace(inputs)) == {"end", "deviations"}
    assert np.isfinite(blind.evaluate(inputs, targets, sample_weight=weights, verbose=0))
    with pytest.raises(ValueError, match="Expected a network with a window"):
        blind.write(["ab"])


def test_new_characters_start_from_the_weights_of_others(model):
    other = zoo.HandwritingRNN("bcd", units=5, components=2, speed=0.3)
    fresh = other.get_layer("layer_1").cell.get_weights()[0]
    other.copy_weights_from(model)
    old, new = (m.get_layer("layer_1").cell.get_weights()[0] for m in (model, other))
    # After three numbers of a point: padding, unknown, the end, and the characters.
    np.testing.assert_allclose(new[6:8], old[7:9])
    np.testing.assert_allclose(new[8], fresh[8])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"characters": ""}, "characters"),
        ({"characters": "aa"}, "characters"),
        ({"characters": "a\n"}, "characters"),
        ({"units": 0}, "units"),
        ({"speed": 0}, "speed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"Expected.*{message}"):
        zoo.HandwritingRNN(**{"characters": "ab", **arguments})


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (POINTS[:1], "points of 2 texts"),
        ([POINTS[0], POINTS[1][:, :2]], "for text 1. Received"),
        ([POINTS[0], np.zeros((0, 3))], "for text 1. Received"),
        ([POINTS[0], POINTS[1] * np.nan], "finite numbers for text 1"),
        ([POINTS[0] * 2, POINTS[1]], "0 or 1 as the end of a stroke in text 0"),
    ],
)
def test_bad_points(model, points, message):
    with pytest.raises(ValueError, match=message):
        model.examples(TEXTS, points)


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        ("ab", {}, "list of strings"),
        ([""], {}, "texts of characters"),
        (["ab"], {"bias": -1}, "bias"),
        (["ab"], {"most_points": 0}, "most_points"),
    ],
)
def test_bad_texts(model, texts, options, message):
    with pytest.raises(ValueError, match=message):
        model.write(texts, **options)


def test_bad_arrays(model):
    inputs, targets, _ = model.examples(TEXTS, POINTS)
    with pytest.raises(ValueError, match="finite numbers"):
        model.predict({**inputs, "points": np.full((2, 5, 3), np.nan)}, verbose=0)
    with pytest.raises(ValueError, match="Expected whole numbers"):
        model.predict({**inputs, "text": np.full((2, 3), 99)}, verbose=0)
    with pytest.raises(ValueError, match="0 or 1 as the end"):
        model.fit(inputs, targets + 0.5, verbose=0)


def test_pictures(model):
    found = model.write(["ab"], seed=1, most_points=9)
    arrays = (found[name][0] for name in ("points", "letters", "weights", "positions"))
    figure = zoo.figures.writing_window("ab", *arrays)
    labels = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert labels == ["a", "b", "end"]
    samples = {f"bias {b:g}": model.write(["ab"], b, 1, 9)["points"][0] for b in (0, 1, 5)}
    assert len(zoo.figures.handwriting(samples).axes) == 3
    assert zoo.figures.handwriting({"nothing": np.zeros((0, 3))}).axes


def test_the_loss_is_that_of_the_mixture(model):
    assert isinstance(model.loss, layers.StrokeMixtureLoss)
