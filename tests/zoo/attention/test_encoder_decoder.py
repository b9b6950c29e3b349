import keras
import numpy as np
import pytest

from keras_memory.zoo import EncoderDecoder

SOURCES = ["abca", "b", "ccab"]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(5)
    return EncoderDecoder("abc", "xyz", target_length=6, embedding_dim=4, units=8)


def test_what_it_says_is_as_likely_as_it_says(model):
    """The score of the search is that of the same text under teacher forcing."""
    for width in (1, 3):
        translated = model.translate(SOURCES, beam_width=width)
        inputs, targets = model.text.ids(SOURCES, translated["text"])
        logits = np.asarray(model(inputs), "float64")
        logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        for row, text in enumerate(translated["text"].numpy()):
            # Text that was cut at the longest length does not end in END.
            steps = min(len(text.decode()) + 1, 6)
            total = sum(logs[row, i, targets[row, i]] for i in range(steps))
            np.testing.assert_allclose(translated["log_probability"][row], total, rtol=1e-3)


def test_a_beam_is_no_worse_than_greedy(model):
    greedy, beam = (model.translate(SOURCES, width) for width in (1, 20))
    better = np.asarray(beam["log_probability"]) - np.asarray(greedy["log_probability"])
    assert np.all(better > -1e-5)


def test_others_of_the_batch_do_not_matter(model):
    """Padding, in the encoder and in what the decoder reads."""
    together = model.translate(SOURCES)
    for row, source in enumerate(SOURCES):
        alone = model.translate([source])
        assert alone["text"][0] == together["text"][row]
        np.testing.assert_allclose(
            alone["log_probability"][0], together["log_probability"][row], rtol=1e-4
        )


def test_nothing_to_translate(model):
    alone, beside = model.translate([""]), model.translate(["ab", ""])
    assert alone["text"][0] == beside["text"][1]
    np.testing.assert_allclose(
        alone["log_probability"][0], beside["log_probability"][1], rtol=1e-5
    )


def test_probabilities_are_wide(model):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        half = EncoderDecoder.from_config(model.get_config())
    finally:
        keras.config.set_dtype_policy(before)
    half.set_weights(model.get_weights())
    logs = [np.asarray(m.translate(SOURCES)["log_probability"]) for m in (half, model)]
    assert logs[0].dtype == "float32"
    np.testing.assert_allclose(*logs, rtol=1e-2)


def test_weights_are_those_of_its_attention(model):
    inputs, _ = model.text.ids(SOURCES, ["xy", "xy", "xy"])
    weights = model.trace(inputs)["weights"]
    assert weights.shape == (3, 3, 4)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert not weights[1, :, 1:].any()


@pytest.mark.slow
def test_it_learns_to_reverse():
    keras.utils.set_random_seed(0)
    model = EncoderDecoder("ab", "xy", target_length=4, embedding_dim=8, units=16)
    sources = ["".join("ab"[int(bit)] for bit in f"{n:03b}") for n in range(8)]
    targets = [source[::-1].replace("a", "x").replace("b", "y") for source in sources]
    model.compile_default(keras.optimizers.Adam(1e-2), loss=model.loss)
    model.fit(*model.text.ids(sources, targets), epochs=120, batch_size=8, verbose=0)
    translated = model.translate(sources)["text"].numpy()
    assert [text.decode() for text in translated] == targets


def test_bad_arguments(model):
    with pytest.raises(ValueError, match="positive integer for units. Received: 0"):
        EncoderDecoder("a", "b", units=0)
    with pytest.raises(ValueError, match="positive integer for beam_width"):
        model.translate(["a"], beam_width=0)
    with pytest.raises(ValueError, match="for score. Received: 'near'"):
        EncoderDecoder("a", "b", score="near")
    with pytest.raises(ValueError, match="queries and keys of the same width"):
        EncoderDecoder("a", "b", score="dot")
    with pytest.raises(ValueError, match="selection with a gradient.* Received: 'sample'"):
        EncoderDecoder("a", "b", selection="sample")


def test_unknown_characters_are_reported(model):
    unknown = model.translate(["abc", "aÜ?Ü"])["unknown"].numpy()
    assert [text.decode() for text in unknown] == ["", "Ü?"]
