import keras
import numpy as np
import pytest

from keras_memory.layers import SentenceAges, SentenceEmbedding

WORDS, DIM, TABLES, AGES = 7, 4, 3, 5
IDS = np.array([[[3, 1, 7, 0, 0], [2, 2, 5, 6, 4], [0, 0, 0, 0, 0]]])  # a story of two


def embedding(**arguments):
    return SentenceEmbedding(
        WORDS,
        DIM,
        embeddings_initializer=keras.initializers.RandomNormal(seed=3),
        **arguments,
    )


def factor(k, j, d, length):
    """l_kj of the reference, with k and j from 1."""
    return 1 + 4 * (k - (d + 1) / 2) * (j - (length + 1) / 2) / (d * length)


def naive(words, table, position=True):
    """One sentence, without padding."""
    vector = np.zeros(DIM)
    for j, word in enumerate(words, start=1):
        for k in range(1, DIM + 1):
            l_kj = factor(k, j, DIM, len(words)) if position else 1
            vector[k - 1] += l_kj * table[word - 1, k - 1]
    return vector


@pytest.mark.parametrize("encoding", ["position", "bag_of_words"])
def test_formula(encoding):
    layer = embedding(encoding=encoding)
    found = np.asarray(layer(IDS))
    table = np.asarray(layer.lookups[0], "float64")
    for i, words in enumerate(([3, 1, 7], [2, 2, 5, 6, 4])):
        expected = naive(words, table, encoding == "position")
        np.testing.assert_allclose(found[0, i], expected, atol=1e-6)
    assert not found[0, 2].any()


def test_position_encoding_is_twice_the_papers_but_for_half_a_word():
    """(1 - j/J) - (k/d)(1 - 2j/J), with k and j half a step less, is half of ours."""
    d, length = 6, 5
    for k in range(1, d + 1):
        for j in range(1, length + 1):
            a, b = (j - 0.5) / length, (k - 0.5) / d
            assert factor(k, j, d, length) == pytest.approx(2 * ((1 - a) - b * (1 - 2 * a)))


def test_order_matters_to_positions_alone():
    turned = IDS[..., ::-1].copy()
    bags, positions = embedding(encoding="bag_of_words"), embedding()
    np.testing.assert_allclose(bags(turned), bags(IDS), atol=1e-6)
    assert np.ptp([np.asarray(positions(ids)) for ids in (turned, IDS)], axis=0).max() > 1e-3


def test_padding_may_be_anywhere_and_of_any_length():
    layer = embedding()
    spread = np.array([[[3, 0, 1, 0, 0, 7, 0], [2, 2, 5, 6, 4, 0, 0]]])
    np.testing.assert_allclose(layer(spread), layer(IDS)[:, :2], atol=1e-6)


def test_ages_are_added_to_sentences_alone():
    layer = embedding(max_ages=AGES)
    ages = np.array([[1, 9, 0]])
    added = np.asarray(layer(IDS, ages)) - np.asarray(layer(IDS))
    of_ages = np.asarray(layer.lookups[0])[WORDS:]
    expected = [of_ages[1], of_ages[AGES - 1], np.zeros(DIM)]
    np.testing.assert_allclose(added[0], expected, atol=1e-6)


def test_several_tables_are_several_layers():
    wide = embedding(tables=TABLES, max_ages=AGES)
    ages = np.array([[1, 0, 0]])
    found = np.asarray(wide(IDS, ages))
    assert found.shape == (1, 3, TABLES, DIM)
    for table in range(TABLES):
        one = embedding(max_ages=AGES)
        one.build(IDS.shape)
        one.lookups[0].assign(wide.lookups[table])
        np.testing.assert_allclose(found[:, :, table], one(IDS, ages), atol=1e-6)


def test_reverse_gives_logits_of_the_last_table():
    layer = embedding(tables=TABLES)
    layer.build(IDS.shape)
    vectors = np.random.default_rng(0).normal(size=(2, DIM)).astype("float32")
    expected = vectors @ np.asarray(layer.lookups[-1]).T
    np.testing.assert_allclose(layer(vectors, reverse=True), expected, atol=1e-6)


def ages_of(mask, **arguments):
    return np.asarray(SentenceAges(**arguments)(np.array(mask), training=True))


def test_ages_count_sentences_alone():
    mask = [[True, True, True, False, False], [False, True, False, True, True]]
    np.testing.assert_array_equal(ages_of(mask), [[2, 1, 0, 0, 0], [0, 2, 0, 1, 0]])


def test_noise_skips_some_ages():
    number, stories = 40, 4_000
    mask = np.ones((stories, number + 3), bool)
    mask[:, number:] = False
    ages = ages_of(mask, noise=0.2, seed=1)
    assert not ages[:, number:].any()
    steps = -np.diff(ages[:, :number], axis=-1)
    assert set(np.unique(steps)) == {1, 2}
    skipped = ages[:, 0] - (number - 1)
    # A uniform rate up to 0.2: a tenth on the mean, and now and then hardly any.
    assert abs(skipped.mean() - 0.1 * number) < 0.2
    assert (skipped == 0).mean() > 0.05
    assert skipped.max() > 0.2 * number


def test_noise_is_for_training_alone():
    layer = SentenceAges(noise=1.0, seed=1)
    mask = np.ones((3, 6), bool)
    np.testing.assert_array_equal(layer(mask), [[5, 4, 3, 2, 1, 0]] * 3)


def test_bad_arguments():
    with pytest.raises(ValueError, match="positive integer for dim. Received: 0"):
        SentenceEmbedding(5, 0)
    with pytest.raises(ValueError, match="'position' for encoding. Received: 'sinus'"):
        SentenceEmbedding(5, 4, encoding="sinus")
    with pytest.raises(ValueError, match="from 0 to 1 for noise. Received: 2"):
        SentenceAges(2)
    with pytest.raises(ValueError, match="Expected max_ages"):
        embedding()(IDS, np.array([[1, 0, 0]]))
