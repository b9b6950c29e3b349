"""What is counted of copies beyond the paper's test."""

import numpy as np
import pytest

from keras_memory.recipes.machines import ntm_copy_beyond
from keras_memory.recipes.running.beyond import beyond


@pytest.fixture
def short(monkeypatch):
    for name, value in {"LONGEST": 3, "SLOTS": 6, "SEQUENCES": 7}.items():
        monkeypatch.setattr(ntm_copy_beyond, name, value)
    monkeypatch.setattr(ntm_copy_beyond, "FAR_LONGER", ((4, 9, 2),))


def test_every_condition_has_a_row(tiny, short):
    rows = beyond(tiny, tiny.model())
    assert len(rows) == len(ntm_copy_beyond.CONDITIONS) + 1
    assert rows[0]["condition"] == "uniform bits, 1 to 3 vectors, 6 slots"
    assert [row["sequences"] for row in rows] == [*[7] * (len(rows) - 1), 2]
    for row in rows:
        assert row["sequences with one"] <= row["sequences"]
        assert (row["wrong bits"] == 0) == (row["sequences with one"] == 0)
        assert row["reached"] == ("no" if row["wrong bits"] else "yes")
    assert any(row["wrong bits"] for row in rows)
    assert rows[-1]["condition"] == "uniform bits, 4 vectors, 9 slots"
    assert beyond(tiny.replace(architecture="lstm"), None) == []


class Wrong:
    """Answers right, but for one bit of the second sequence and what does not count."""

    def __init__(self, targets):
        self.logits = np.where(np.asarray(targets) > 0.5, 4.0, -4.0)
        self.logits[1, 3, 0] *= -1
        self.logits[:, 0] = 9  # before the answer

    def predict(self, inputs, **_):
        return self.logits


def test_wrong_bits_are_those_of_the_answer(tiny):
    vectors = np.random.default_rng(0).integers(0, 2, (3, 4, 2), dtype="uint8")
    lengths = np.array([1, 2, 4])
    examples = {"vectors": vectors, "length": lengths.astype("int32")}
    model = Wrong(tiny.to_batch(examples)[1])
    row = ntm_copy_beyond.row("any", tiny, model, vectors, lengths)
    assert (row["wrong bits"], row["sequences with one"], row["sequences"]) == (1, 1, 3)
