import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.zoo import DynamicMemoryNetwork

VOCABULARY = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
SENTENCES = ["Mary went to the kitchen.", "John went to the garden."]
STORY = " ".join(SENTENCES)
KINDS = {
    "dmn": {"variant": "dmn"},
    "supports": {"variant": "dmn", "supports": True},
    "dmn_plus": {},
}


def make(**arguments):
    keras.utils.set_random_seed(3)
    return DynamicMemoryNetwork(VOCABULARY, **{"dim": 5, "passes": 2, **arguments})


@pytest.fixture(scope="module", params=KINDS)
def model(request):
    return make(**KINDS[request.param])


def numbers(model, *texts):
    return {k: np.asarray(v) for k, v in model.text.ids(*texts).items()}


def test_padding_changes_no_logit_and_no_gate(model):
    """At the end of stories and sentences, where `text.ids` has it."""
    ids = numbers(model, [STORY], ["Where is Mary?"])
    padded = {
        "story": np.pad(ids["story"], ((0, 0), (0, 3), (0, 4))),
        "question": np.pad(ids["question"], ((0, 0), (0, 3))),
    }
    found, expected = (ops.convert_to_numpy(model.logits(x)) for x in (padded, ids))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    gates, more = model.trace(ids)["gates"], model.trace(padded)["gates"]
    np.testing.assert_allclose(more[..., [0, 1, -1]], gates, atol=1e-6)
    assert not more[..., 2:-1].any()


def test_an_answer_and_what_each_episode_read(model):
    found = model.answer([STORY, "It rained.", ""], ["Where is Mary?"] * 3)
    probabilities = ops.convert_to_numpy(found["probabilities"])
    best = [VOCABULARY[i].encode() for i in probabilities.argmax(axis=-1)]
    assert np.asarray(found["answer"]).tolist() == best
    assert np.asarray(found["unknown"]).tolist() == [b"", b"it, rained", b""]
    gates = ops.convert_to_numpy(found["attention"])
    assert gates.shape == (3, 2, 3)
    np.testing.assert_allclose(gates.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(gates[1:, :, 2], 1, atol=1e-5)  # nothing is known of these
    read = np.asarray(found["read"]).tolist()
    assert read[0] == [[s.encode() for s in [*SENTENCES, ""]][i] for i in gates[0].argmax(-1)]
    assert read[1:] == [[b"", b""]] * 2
    assert model.answer([""], ["Where?"])["attention"].shape == (1, 2, 1)


def test_gates_are_trained_on_supports():
    """First whom the question is about, then nothing more."""
    model = make(variant="dmn", supports=True, dim=16)
    rng = np.random.default_rng(0)
    places = ["kitchen", "garden"]
    stories, questions, answers, supports = [], [], [], []
    for _ in range(120):
        order, where = rng.permutation(["Mary", "John"]), rng.choice(places, 2)
        parts = zip(order, where, strict=True)
        stories.append(" ".join(f"{who} went to the {place}." for who, place in parts))
        chosen = rng.integers(2)
        questions.append(f"Where is {order[chosen]}?")
        answers.append(where[chosen])
        supports.append([chosen + 1, 0])
    model.compile(keras.optimizers.Adam(1e-2), **model.losses_and_metrics())
    targets = {"answer": model.text.answer_ids(answers), "supports": np.array(supports)}
    inputs = numbers(model, stories, questions)
    model.fit(inputs, targets, epochs=20, batch_size=30, verbose=0)
    found = model.answer(stories, questions)
    gates = ops.convert_to_numpy(found["attention"]).argmax(axis=-1)
    expected = np.array(supports) - 1
    assert np.mean(gates == np.where(expected < 0, 2, expected)) > 0.95
    words = [word.decode() for word in np.asarray(found["answer"])]
    assert np.mean(np.array(words) == answers) > 0.95


def test_dropout_is_of_training_alone():
    model = make(dropout=0.5)
    ids = numbers(model, [STORY], ["Where is Mary?"])
    plain = ops.convert_to_numpy(model(ids))
    np.testing.assert_array_equal(plain, ops.convert_to_numpy(model(ids)))
    assert not np.allclose(plain, ops.convert_to_numpy(model(ids, training=True)))


def test_squared_kernels_count():
    assert not make().losses
    assert float(sum(make(l2=0.1).losses)) > 0


def test_wrong_arguments_are_refused():
    for arguments in ({"dim": 0}, {"passes": 1.5}, {"dropout": 2}, {"l2": -1.0}):
        with pytest.raises(ValueError, match=f"Expected .*{next(iter(arguments))}"):
            DynamicMemoryNetwork(VOCABULARY, **arguments)
    with pytest.raises(ValueError, match="variant='dmn' with supports. .*'dmn_plus'"):
        DynamicMemoryNetwork(VOCABULARY, supports=True)
