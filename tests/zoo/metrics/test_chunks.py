"""Chunks as the script of the CoNLL tasks counts them, worked out by hand."""

import numpy as np
import pytest

from keras_memory.zoo import TagError, chunk_f1, chunks


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-a I-a O B-b", {(0, 1, "a"), (3, 3, "b")}),
        ("I-a I-a O", {(0, 1, "a")}),  # inside without a beginning
        ("B-a I-b I-b", {(0, 0, "a"), (1, 2, "b")}),  # inside of another kind
        ("B-a B-a", {(0, 0, "a"), (1, 1, "a")}),
        ("O I-a B-a I-a", {(1, 1, "a"), (2, 3, "a")}),
        ("B-a I-a", {(0, 1, "a")}),  # to the end of the sentence
        ("S-a B-b E-b I-b", {(0, 0, "a"), (1, 2, "b"), (3, 3, "b")}),
        ("B-a-c I-a-c", {(0, 1, "a-c")}),
        ("O O", set()),
        ("", set()),
    ],
)
def test_chunks(tags, expected):
    assert {chunk[1:] for chunk in chunks([tags.split()])} == expected


def test_sentences_are_apart():
    assert chunks([["B-a"], ["I-a"]]) == {(0, 0, 0, "a"), (1, 0, 0, "a")}


def test_a_chunk_is_right_as_a_whole():
    true = [["B-a", "I-a", "O", "B-b", "B-c"]]
    predicted = [["B-a", "O", "O", "B-b", "B-d"]]
    found = chunk_f1(true, predicted)
    assert found == pytest.approx({"precision": 100 / 3, "recall": 100 / 3, "f1": 100 / 3})
    assert chunk_f1(true, true)["f1"] == 100
    assert chunk_f1([["O"]], [["O"]]) == {"precision": 0, "recall": 0, "f1": 0}
    assert chunk_f1(true, [["O"] * 5])["precision"] == 0


def test_the_error_of_tags():
    metric = TagError()
    logits = np.array([[[2.0, 1.0], [0.0, 1.0], [3.0, 0.0]]])
    metric.update_state(np.array([[0, 0, 1]]), logits, np.array([[1.0, 1.0, 0.0]]))
    assert float(metric.result()) == pytest.approx(0.5)
