"""Facts chosen one after the other, against NumPy; what reads them; their loss."""

import keras
import numpy as np
import pytest

from keras_memory.layers import (
    FactReader,
    SupportingFacts,
    SupportingFactsLoss,
    WordNGrams,
)
from keras_memory.layers.masks import LOWEST

AGES = np.array([[4, 3, 2, 1, 0], [2, 1, 0, 0, 0]])
MASK = AGES + np.arange(5) == [[4], [2]]
DIM, STEPS, MOST = 6, 3, 2


@pytest.fixture
def inputs(rng):
    u = rng.normal(size=(2, DIM))
    m, f = rng.normal(size=(2, 2, 5, DIM))
    return [x.astype("float32") for x in (u, m, f)]


def layer_of(inputs, rng, **arguments):
    layer = SupportingFacts(STEPS, max_ages=MOST, **arguments)
    layer(*inputs, AGES, mask=MASK)
    layer.set_weights([0.5 * rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def scores_of(layer, u, m, f, ages, chosen):
    """s of one story, given the facts chosen before."""
    stop, of_age, of_lateness = (
        np.asarray(w, "float64") for w in (layer.stop, layer.of_age, layer.of_lateness)
    )

    def encoded(x):
        kernel = np.asarray(layer.kernel, "float64") if layer.nonlinear else None
        return np.tanh(np.tanh(x) @ kernel) if layer.nonlinear else x

    q = encoded(u + sum(f[i - 1] for i in chosen))
    scores = [q @ stop[0]]
    for i, age in enumerate(ages):
        vector = encoded(m[i]) + of_age[min(age, MOST - 1)] + np.log1p(age) * of_age[-1]
        if chosen:
            later = ages[chosen[-1] - 1] - age
            slope = of_lateness[-1] if later > 0 else of_lateness[-2]
            vector = vector + of_lateness[MOST + np.clip(later, -MOST, MOST)]
            vector = vector + np.log1p(abs(later)) * slope
        scores.append(q @ vector)
    may = [i not in chosen for i in range(1 + len(ages))]
    may[0] = True
    fits = np.log1p(np.exp(scores)) * may  # -log(1 - σ(s))
    after = fits[::-1].cumsum()[::-1] - fits
    found = scores - fits - after if layer.latest else np.array(scores)
    return np.where(may, found, LOWEST)


@pytest.mark.parametrize(
    "arguments", [{}, {"nonlinear": False}, {"latest": False}], ids=lambda a: "".join(a)
)
def test_the_equations_in_numpy(inputs, rng, arguments):
    """Facts that are given, and those that it chooses, each with the scores before it."""
    layer = layer_of(inputs, rng, **arguments)
    given = np.array([[2, 5, 0], [3, 0, 0]])
    for facts in (given, None):
        scores, chosen = map(np.asarray, layer(*inputs, AGES, mask=MASK, given=facts))
        for row, count in enumerate((5, 3)):
            before = []
            for step in range(STEPS):
                u, m, f = (x[row].astype("float64") for x in inputs)
                ages = AGES[row, :count]
                expected = scores_of(layer, u, m[:count], f[:count], ages, before)
                found = scores[row, step]
                np.testing.assert_allclose(found[: 1 + count], expected, atol=1e-4)
                assert (found[1 + count :] == np.float32(LOWEST)).all()
                best = given[row, step] if facts is not None else expected.argmax()
                assert chosen[row, step] == best
                if not best:
                    assert not chosen[row, step:].any()
                    break
                before.append(int(best))


def test_the_latest_that_fits(inputs, rng):
    """Of sentences that fit surely, the last has all of the weight, whatever their scores."""
    layer = layer_of(inputs, rng)
    weights = [np.zeros_like(w) for w in layer.get_weights()]
    layer.set_weights(weights)
    layer.kernel.assign(10 * np.eye(DIM))
    u, m, f = np.full((1, DIM), 9.0), np.full((1, 5, DIM), -9.0), np.zeros((1, 5, DIM))
    m[0, [0, 2]], m[0, 3] = 9.0, [9, 9, 9, 9, 0, 0]
    for sentences, latest in (([0, 1, 2, 4], 2), ([0, 1, 3, 4], 2), ([1, 4], None)):
        ages = np.arange(len(sentences))[None, ::-1].copy()
        scores, chosen = layer(u, m[:, sentences], f[:, sentences], ages)
        assert int(chosen[0, 0]) == (0 if latest is None else latest + 1)
        if latest is not None:
            assert float(scores[0, 0, latest + 1]) == pytest.approx(0, abs=0.03)


def test_the_same_facts_given_have_the_same_scores(inputs, rng):
    layer = layer_of(inputs, rng)
    scores, chosen = map(np.asarray, layer(*inputs, AGES, mask=MASK))
    again, same = map(np.asarray, layer(*inputs, AGES, mask=MASK, given=chosen))
    np.testing.assert_array_equal(same, chosen)
    np.testing.assert_allclose(again, scores, rtol=1e-5, atol=1e-5)
    for row in chosen:
        facts = row[row > 0]
        assert len(set(facts)) == len(facts)


def test_padding_changes_nothing(inputs, rng):
    """Sentences, even of NaN, that are masked."""
    layer = layer_of(inputs, rng)
    u, m, f = inputs
    more = [np.pad(x, [[0, 0], [0, 4], [0, 0]], constant_values=7.0) for x in (m, f)]
    ages, mask = (np.pad(x, [[0, 0], [0, 4]]) for x in (AGES, MASK))
    scores, chosen = layer(*inputs, AGES, mask=MASK)
    longer, same = layer(u, *more, ages, mask=mask)
    np.testing.assert_allclose(longer[:, :, :6], scores, rtol=1e-5)
    np.testing.assert_array_equal(same, chosen)


def test_the_loss_is_of_all_others_and_ends_with_the_stop_fact(rng):
    scores = rng.normal(size=(2, 3, 4)).astype("float32")
    scores[:, :, 3] = LOWEST
    facts = np.array([[2, 0, 0], [1, 2, 1]])
    for margin in (0.7, None):
        expected = np.zeros(2)
        for row, step in [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]:
            s, o = scores[row, step].astype("float64"), facts[row, step]
            if margin:
                others = np.delete(s, o)
                expected[row] += np.maximum(0, margin - s[o] + others).sum()
            else:
                expected[row] += np.log(np.exp(s).sum()) - s[o]
        loss = SupportingFactsLoss(margin, reduction=None)
        np.testing.assert_allclose(loss(facts, scores), expected, rtol=1e-5)
        again = SupportingFactsLoss.from_config(loss.get_config())
        assert again.margin == margin
    with pytest.raises(ValueError, match="above 0 for margin. Received: -1"):
        SupportingFactsLoss(-1)


@pytest.mark.parametrize("nonlinear", [True, False])
def test_what_the_answer_follows_from(inputs, rng, nonlinear):
    u, _, f = inputs
    chosen = np.array([[2, 5, 0], [0, 0, 0]])
    layer = FactReader(nonlinear)
    layer(u, f, chosen)
    layer.set_weights([0.5 * rng.normal(size=w.shape) for w in layer.get_weights()])
    expected = u.astype("float64")
    if nonlinear:
        of_step, kernel = (np.asarray(w, "float64") for w in layer.get_weights())
        terms = [np.tanh(u[0] + f[0, i] + of_step[k]) for k, i in enumerate((1, 4))]
        expected = np.tanh([sum(terms) @ kernel, np.zeros(DIM)])
    else:
        expected[0] += f[0, 1] + f[0, 4]
    np.testing.assert_allclose(layer(u, f, chosen), expected, atol=1e-5)


def test_ngrams_have_numbers_of_their_own():
    """Words first, then pairs, then triples; none with padding in it."""
    words = 9
    layer = WordNGrams(words, n=3, buckets=2000)
    ids = np.array([[4, 1, 9, 0], [1, 4, 0, 0]])
    found = np.asarray(layer(ids))
    pairs, triples = 1 + words, 1 + words
    expected = [
        *[4, 1, 9, 0],
        *[pairs + 41, pairs + 19, 0, 0],
        *[triples + 419, 0, 0, 0],
    ]
    np.testing.assert_array_equal(found[0], expected)
    np.testing.assert_array_equal(found[1], [1, 4, 0, 0, pairs + 14, *[0] * 7])
    assert layer.size == 2009
    assert WordNGrams(words, n=1).size == words
    with pytest.raises(ValueError, match="numbers from 0 to 9 for ids. Received: 10"):
        layer(np.array([[10]]))
    with pytest.raises(ValueError, match="buckets of at most"):
        WordNGrams(10**6, buckets=10**6)


def test_ngrams_are_below_their_number(rng):
    layer = WordNGrams(30, n=4, buckets=50)
    found = np.asarray(layer(rng.integers(0, 31, (20, 12))))
    assert found.max() <= layer.size == 80
    assert len(np.unique(found)) > 70


def test_sizes_are_checked():
    with pytest.raises(ValueError, match="positive integer for steps. Received: 0"):
        SupportingFacts(0)
    with pytest.raises(ValueError, match="positive integer for max_ages. Received: 1.5"):
        SupportingFacts(max_ages=1.5)


def test_an_empty_story_is_the_stop_fact(rng):
    layer = SupportingFacts(2)
    nothing = np.zeros((1, 0, DIM), "float32")
    scores, chosen = layer(
        rng.normal(size=(1, DIM)), nothing, nothing, np.zeros((1, 0), "int32")
    )
    assert tuple(scores.shape) == (1, 2, 1)
    assert not keras.ops.any(chosen)
