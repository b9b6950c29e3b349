import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers.memory_networks.adaptive_halting import sinusoids
from keras_memory.zoo import UniversalTransformer

VOCABULARY = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
SENTENCES = ["Mary went to the kitchen.", "John went to the garden."]
STORY = " ".join(SENTENCES)
SIZES = {"dim": 6, "num_heads": 2, "hidden_dim": 5, "max_steps": 4, "max_words": 5}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(4)
    model = UniversalTransformer(VOCABULARY, **SIZES)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def numbers(model, *texts):
    return {k: np.asarray(v) for k, v in model.text.ids(*texts).items()}


def wide(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), "float64")


def test_the_output_in_numpy(model):
    """Of the layers, which have tests of their own: what goes in, and what is read out."""
    ids = numbers(model, [STORY], ["Where is Mary?"])
    table = wide(model.get_layer("embedding").lookups[0])
    states = [
        (wide(model.get_layer(name).factors)[: len(row)] * table[row - 1]).sum(axis=0)
        for name, row in (
            ("question_encoding", ids["question"][0]),
            *(("story_encoding", row) for row in ids["story"][0]),
        )
    ]
    ages = ops.convert_to_tensor([0, 2, 1])  # the question, and how long ago sentences were
    states, signals = np.array(states, "float32"), sinusoids(ages, 6)
    outputs, *_ = model.get_layer("halting")(states[None], signals[None])
    read_out = model.get_layer("read_out")
    logits = wide(outputs)[0, 0] @ wide(read_out.kernel) + wide(read_out.bias)
    np.testing.assert_allclose(wide(model(ids))[0], logits, rtol=1e-4, atol=1e-4)


def test_padding_changes_no_logit(model):
    ids = numbers(model, [STORY], ["Where is Mary?"])
    padded = {
        "story": np.pad(ids["story"], ((0, 0), (2, 3), (0, 4))),
        "question": np.pad(ids["question"], ((0, 0), (0, 3))),
    }
    np.testing.assert_allclose(wide(model(padded)), wide(model(ids)), atol=1e-5)


def test_what_is_read_and_for_how_long(model):
    stories, questions = (
        [SENTENCES, ["John is.", "It rained."]],
        ["Where is Mary?", "Where is John?"],
    )
    found = model.answer(stories, questions)
    attention, updates = wide(found["attention"]), wide(found["updates"])
    assert attention.shape == (2, 4, 3) and updates.shape == (2, 3)
    assert np.asarray(found["unknown"]).tolist() == [b"", b"it, rained"]
    options = [*SENTENCES, ""], ["John is.", "It rained.", ""]
    is_running = np.arange(4) < updates[:, -1:]
    np.testing.assert_allclose(attention.sum(axis=-1), is_running, atol=1e-5)
    options = [*SENTENCES, ""], ["John is.", "", ""]
    for row, names in enumerate(options):
        expected = [names[i] for i in attention[row].argmax(axis=-1)]
        steps = int(updates[row, -1])
        read = [text.decode() for text in np.asarray(found["read"])[row]]
        assert read[:steps] == expected[:steps]
    np.testing.assert_allclose(wide(found["read_weight"]), attention.max(axis=-1))
    trace = model.trace(numbers(model, stories, questions))
    for name in ("attention", "updates", "remainders"):
        np.testing.assert_allclose(trace[name], wide(found[name]), atol=1e-6)
    assert trace["weights"].shape == (2, 3, 4)
    np.testing.assert_allclose(trace["weights"].sum(axis=-1), updates > 0, atol=1e-6)


def test_an_empty_story(model):
    """The question alone decides, whatever its words are."""
    found = model.answer([""], ["Where is Zork?"])
    assert np.asarray(found["unknown"]).tolist() == [b"zork"]
    assert found["attention"].shape == (1, 4, 1) and found["updates"].shape == (1, 1)
    assert np.asarray(found["read"]).tolist() == [[b""] * 4]


def test_the_ponder_cost_is_in_the_loss(model):
    ids = numbers(model, [STORY], ["Where is Mary?"])
    trace = model.trace(ids)
    model(ids)
    cost = 0.001 * (trace["updates"] + trace["remainders"]).mean()
    np.testing.assert_allclose(wide(sum(model.losses)), cost, rtol=1e-4)


def test_wrong_arguments_are_refused():
    for arguments in ({"dim": 0}, {"max_steps": 1.5}, {"dropout": 1.5}, {"noise": -1}):
        with pytest.raises(ValueError, match=f"Expected .*{next(iter(arguments))}"):
            UniversalTransformer(VOCABULARY, **arguments)
    with pytest.raises(ValueError, match="num_heads=5 divides"):
        UniversalTransformer(VOCABULARY, num_heads=5)
