"""Supporting facts of stories of which the last sentences alone are read."""

import numpy as np

from keras_memory import recipes
from keras_memory.recipes.memory_networks.supports import supports_read

TEXTS = {
    "story": np.array([b"a\nb\nc\nd\ne", b"a\nb", b"a\nb\nc\nd"], object),
    "supporting_facts": np.array([[1, 3, 5], [2, 1, 0], [1, 2, 0]]),
}


def test_what_is_cut_is_left_out_and_others_move_up():
    read = supports_read(TEXTS, last_sentences=3, most=3)
    assert read.tolist() == [[1, 3, 0], [2, 1, 0], [1, 0, 0]]
    assert supports_read(TEXTS, 10, 2).tolist() == [[1, 3], [2, 1], [1, 2]]
    assert supports_read(TEXTS, 10, 4)[:, 3].tolist() == [0, 0, 0]
    assert supports_read(TEXTS, 2, 1).tolist() == [[2], [2], [0]]


def test_networks_with_supports_number_them_alike(monkeypatch):
    fields = {"task": 2, "train_examples": 60}
    memnn = recipes.get("memnn_babi_world", memory_size=4, **fields)
    dmn = recipes.get("dmn_babi", last_sentences=4, passes=memnn.facts)
    monkeypatch.setattr(type(dmn), "texts", lambda self, split: memnn.texts(split))
    facts = memnn.examples("train")["facts"]
    np.testing.assert_array_equal(dmn.examples("train")["supports"], facts)
    assert ((facts[:, 0] > 0) & (facts[:, 1] == 0)).any()  # the first one was cut
