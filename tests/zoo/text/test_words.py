"""Words of sentences that are tagged: TensorFlow's and plain Python's are the same."""

import numpy as np
import pytest
import tensorflow as tf

from keras_memory.zoo.text import plain_words, words

VOCABULARY = ["the", "flight", "don't", "st.", "louis", "zürich", "日本"]
TEXTS = [
    'I don\'t like "the flight", (really)!',
    "To St. Louis; from D.C. at 3.5 or 12:30?",
    "She's here, they've gone… We’ll see.",
    "Zürich、日本。Ça va",
    "a supercalifragilistic word",
    "",
]
EXPECTED = [
    ["I", "do", "n't", "like", '"', "the", "flight", '",', "(", "really", ")!"],
    ["To", "St.", "Louis", ";", "from", "D.C.", "at", "3.5", "or", "12:30", "?"],
    ["She", "'s", "here", ",", "they", "'ve", "gone", "…", "We", "’ll", "see", "."],
    ["Zürich", "、", "日本", "。", "Ça", "va"],
    ["a", "supercalifragilistic", "word"],
    [],
]


def lists(ragged):
    return [[word.decode() for word in row] for row in ragged.to_list()]


def test_words_of_texts():
    assert plain_words.Words(VOCABULARY).words(TEXTS) == EXPECTED
    assert lists(words.Words(VOCABULARY).words(TEXTS)) == EXPECTED


@pytest.mark.parametrize("cased", [False, True])
@pytest.mark.parametrize("given", [TEXTS, EXPECTED])
def test_numbers_and_letters(cased, given):
    plain = plain_words.Words(VOCABULARY, 7, cased)
    ours = words.Words(VOCABULARY, 7, cased)
    found, expected = ours.ids(given), plain.ids(given)
    assert set(found) == set(expected) == {"words", "letters"}
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)
    assert expected["words"][3, 0] == (1 if cased else 2 + VOCABULARY.index("zürich"))
    np.testing.assert_array_equal(
        [text.decode() for text in ours.unknown(given).numpy()],
        [text.decode() for text in plain.unknown(given)],
    )


def test_the_first_half_of_the_letters_and_the_last():
    found = plain_words.Words(VOCABULARY, 7).ids([["supercalifragilistic"]])["letters"]
    assert "".join(map(chr, found[0, 0])) == "supstic"


def test_a_batch_of_nothing_has_room_for_a_word():
    assert words.Words(VOCABULARY, 3).ids(["", ""])["letters"].shape == (2, 1, 3)
    assert plain_words.Words(VOCABULARY, 3).ids(["", ""])["letters"].shape == (2, 1, 3)


@pytest.mark.parametrize("module", [words, plain_words])
@pytest.mark.parametrize("given", ["text", [1], [["a"], "b"], [[["a"]]]])
def test_what_is_refused(module, given):
    with pytest.raises(ValueError, match="each a string or each a list of words"):
        module.Words(VOCABULARY).words(given)


def test_padded_words_of_tensors():
    found = words.Words(VOCABULARY).words(tf.constant([["the", "flight"], ["st.", ""]]))
    assert lists(found) == [["the", "flight"], ["st."]]
