"""What is a key and what is a value, word by word; and which keys a question finds."""

import numpy as np
import pytest
from keras import ops

from keras_memory.layers import FactKeys, KeyHashing, WordWindows

VOCABULARY = 20


def numpy_of(tensors):
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


@pytest.fixture
def story(rng):
    ids = rng.integers(1, 1 + VOCABULARY, (2, 3, 6))
    lengths = np.array([[6, 3, 4], [5, 1, 0]])
    return np.where(np.arange(6) < lengths[..., None], ids, 0)


@pytest.mark.parametrize("width", [1, 3, 5])
def test_windows_in_numpy(story, width):
    keys, values = numpy_of(WordWindows(VOCABULARY, width)(story))
    assert keys.shape == (2, 3, 6, width) and values.shape == (2, 3, 6, 1)
    reach = width // 2
    for row, sentence, j in np.ndindex(story.shape):
        words = story[row, sentence]
        window = [0] * width
        if words[j]:
            window = [words[i] if 0 <= i < 6 else 0 for i in range(j - reach, j + reach + 1)]
            window[reach] += VOCABULARY
        assert keys[row, sentence, j].tolist() == window
        assert values[row, sentence, j, 0] == (words[j] and words[j] + VOCABULARY)


def test_facts_both_ways_in_numpy(story):
    """Of two words or fewer, there is no fact."""
    keys, values = numpy_of(FactKeys(VOCABULARY)(story))
    assert keys.shape == (2, 3, 2, 6) and values.shape == (2, 3, 2, 1)
    for row, number in np.ndindex(2, 3):
        fact = story[row, number][story[row, number] > 0].tolist()
        forth, back, things = [], [], [0, 0]
        if len(fact) > 2:
            forth = fact[:-1]
            back = [fact[-1], *(word + VOCABULARY for word in fact[1:-1])]
            things = [fact[-1] + VOCABULARY, fact[0] + VOCABULARY]
        for key, words in zip(keys[row, number], (forth, back), strict=True):
            assert key.tolist() == words + [0] * (6 - len(words))
        assert values[row, number, :, 0].tolist() == things


def test_padding_is_no_memory(story):
    """As much as there is, whatever the length of sentences."""
    longer = np.pad(story, ((0, 0), (0, 1), (0, 2)))
    for layer in (WordWindows(VOCABULARY, 3), FactKeys(VOCABULARY)):
        for short, long in zip(*map(numpy_of, (layer(story), layer(longer))), strict=True):
            missing = [(0, n - m) for m, n in zip(short.shape, long.shape, strict=True)]
            np.testing.assert_array_equal(np.pad(short, missing), long)


def test_hashing_in_numpy(story, rng):
    keys = story.reshape(2, 3, 2, 3)
    question = rng.integers(0, 1 + VOCABULARY, (2, 9))
    common = [3, 8]
    found = ops.convert_to_numpy(KeyHashing(common)(keys, question))
    for row, *memory in np.ndindex(2, 3, 2):
        words = set(question[row].tolist()) - {0, *common}
        assert found[row, *memory] == bool(words & set(keys[row, *memory].tolist()))
    assert found.any() and not found.all()
    nothing = KeyHashing(range(1, 1 + VOCABULARY))(keys, question)
    assert not ops.convert_to_numpy(nothing).any()


def test_wrong_numbers_are_refused():
    for layer in (WordWindows(4), FactKeys(4)):
        with pytest.raises(ValueError, match="numbers from 0 to 4 for ids. Received: 5"):
            layer(np.array([[1, 5, 2]]))
    with pytest.raises(ValueError, match="odd number for width. Received: 4"):
        WordWindows(4, 4)
    for make in (WordWindows, FactKeys):
        with pytest.raises(ValueError, match="positive integer for vocabulary_size"):
            make(0)
    with pytest.raises(ValueError, match="positive integer for common. Received: 0"):
        KeyHashing([0])
