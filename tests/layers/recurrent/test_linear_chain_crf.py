"""The random field, against sums and maxima over all sequences of tags."""

import itertools

import numpy as np
import pytest
from keras import ops

from keras_memory.layers import LinearChainCRF

BATCH, STEPS, TAGS = 4, 5, 3
MASK = np.array(
    [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 1, 0, 0]], dtype=bool
)


@pytest.fixture
def crf(rng):
    layer = LinearChainCRF()
    layer.build((None, None, TAGS))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


@pytest.fixture
def logits(rng):
    return rng.normal(size=(BATCH, STEPS, TAGS)).astype("float32")


def scores(crf, logits):
    """The score of every sequence of tags of one sentence, without padding, in float64."""
    transitions, first, last = (np.asarray(w, "float64") for w in crf.get_weights())
    n = len(logits)
    return {
        tags: first[tags[0]]
        + last[tags[-1]]
        + sum(logits[t, tags[t]] for t in range(n))
        + sum(transitions[tags[t], tags[t + 1]] for t in range(n - 1))
        for tags in itertools.product(range(TAGS), repeat=n)
    }


def log_partition(scores):
    return np.log(np.sum(np.exp(list(scores.values()))))


def test_the_likelihood_of_sequences(crf, logits, rng):
    tags = rng.integers(0, TAGS, (BATCH, STEPS))
    found = ops.convert_to_numpy(crf.log_likelihood(logits, tags, MASK))
    for row, is_step in enumerate(MASK):
        every = scores(crf, logits[row, is_step])
        expected = every[tuple(tags[row, is_step])] - log_partition(every)
        np.testing.assert_allclose(found[row], expected, atol=1e-5)


def test_the_probability_of_each_tag(crf, logits):
    found = ops.convert_to_numpy(ops.softmax(crf(logits, mask=MASK)))
    for row, is_step in enumerate(MASK):
        every = scores(crf, logits[row, is_step])
        z = log_partition(every)
        expected = np.zeros((is_step.sum(), TAGS))
        for tags, score in every.items():
            expected[np.arange(len(tags)), tags] += np.exp(score - z)
        np.testing.assert_allclose(found[row, is_step], expected, atol=1e-5)


def test_the_likeliest_sequence(crf, logits):
    found = ops.convert_to_numpy(crf.viterbi(logits, MASK))
    for row, is_step in enumerate(MASK):
        every = scores(crf, logits[row, is_step])
        assert tuple(found[row, is_step]) == max(every, key=every.get)
    assert not found[~MASK].any()


def test_in_training_the_true_tags_before_decide(crf, logits, rng):
    tags = rng.integers(0, TAGS, (BATCH, STEPS))
    with_tags = ops.convert_to_numpy(crf(logits, tags=tags, training=True))
    without = ops.convert_to_numpy(crf(logits, tags=tags))
    np.testing.assert_allclose(without, crf(logits), atol=1e-6)
    assert np.abs(with_tags[:, 1:] - without[:, 1:]).max() > 0.1


def test_forbidden_transitions(crf, rng):
    """Where no tag may follow but one, no other does, whatever the logits are."""
    transitions = np.full((TAGS, TAGS), -1e4)
    for tag in range(TAGS):
        transitions[tag, (tag + 1) % TAGS] = 0.0
    crf.set_weights([transitions, np.zeros(TAGS), np.zeros(TAGS)])
    logits = 5 * rng.normal(size=(2, 9, TAGS)).astype("float32")
    path = ops.convert_to_numpy(crf.viterbi(logits))
    assert ((path[:, 1:] - path[:, :-1]) % TAGS == 1).all()
    assert np.isfinite(ops.convert_to_numpy(crf(logits))).all()


def test_without_learned_scores_it_is_a_softmax(logits):
    crf = LinearChainCRF()
    crf.build(logits.shape)
    crf.set_weights([np.zeros(w.shape) for w in crf.get_weights()])
    np.testing.assert_allclose(ops.softmax(crf(logits)), ops.softmax(logits), atol=1e-6)
    np.testing.assert_array_equal(crf.viterbi(logits), logits.argmax(axis=-1))


def test_what_is_refused(logits):
    with pytest.raises(ValueError, match=r"Expected mask of shape \(4, 5\)"):
        LinearChainCRF()(logits, mask=np.ones((4, 3), bool))
    with pytest.raises(ValueError, match="no axis of 0"):
        LinearChainCRF()(logits[:, :0])
