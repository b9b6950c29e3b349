"""Rows on disk are those that were read, in any order and from any thread."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_memory.recipes.datasets import stored_rows
from keras_memory.recipes.datasets.stored_rows import (
    Column,
    RowsByNumber,
    StoredRows,
    groups_of,
    in_groups,
    moments,
    numbers_of,
    parts,
)
from keras_memory.recipes.running.own_files import GOLDEN

ROWS = [(f"text é{i}" * (i % 5), i) for i in range(300)]


@pytest.fixture(scope="module")
def stored():
    return StoredRows(iter(ROWS))


def test_rows_are_those_that_were_read(stored):
    assert list(stored) == ROWS
    assert stored[-1] == ROWS[-1]
    assert stored[5:9:2] == ROWS[5:9:2]
    assert len(StoredRows([])) == 0
    with pytest.raises(IndexError):
        stored[300]


def test_some_of_them(stored):
    are_chosen = np.arange(300) % 3 == 1
    chosen = stored.chosen(are_chosen).chosen(np.arange(100) < 50)
    assert list(chosen) == ROWS[1:150:3]
    assert len(stored) == 300


def test_several_threads_read(stored):
    numbers = np.random.default_rng(0).integers(0, 300, 5000).tolist()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stored.__getitem__, numbers)) == [ROWS[n] for n in numbers]


def test_a_column(stored):
    column = Column(stored, lambda row: row[0].encode())
    assert column[6] == "text é6".encode()
    assert column[2:4].tolist() == [text.encode() for text, _ in ROWS[2:4]]
    assert [text.decode() for text in column] == [text for text, _ in ROWS]


def test_rows_by_number(stored):
    columns = {
        "text": (lambda row: row[0].encode(), "string"),
        "twice": (lambda row: 2 * row[1], "int32"),
        "steps": (lambda row: np.ones((row[1] % 4, 2)), "float32", None, 2),
        "square": np.arange(300) ** 2,
    }
    rows = RowsByNumber(stored, columns)
    assert len(rows) == 300
    assert rows["square"][17] == 289
    assert rows[:0]["steps"].shape == (0, 0, 2)
    np.testing.assert_array_equal(rows[:10]["twice"], 2 * np.arange(10))
    batches = tf.data.Dataset.from_tensors(tf.constant([7, 3])).map(rows.gather)
    (batch,) = list(batches)
    assert batch["text"].numpy().tolist() == [ROWS[7][0].encode(), ROWS[3][0].encode()]
    assert batch["twice"].numpy().tolist() == [14, 6]
    assert (batch["twice"].dtype, batch["twice"].shape) == (tf.int32, (2,))
    assert batch["square"].numpy().tolist() == [49, 9]
    assert batch["steps"].numpy()[:, :, 1].tolist() == [[1, 1, 1]] * 2


def test_the_same_text_has_the_same_number():
    assert numbers_of("banané").tolist() == [0, 1, 2, 1, 2, 3]
    assert numbers_of([]).tolist() == []


def test_groups_of_many_texts(monkeypatch):
    assert groups_of("banané").tolist() == [0, 1, 2, 1, 2, 3]
    monkeypatch.setattr(stored_rows, "LARGE", 100)
    texts = [f"text {i % 3000}" for i in range(6000)]
    groups = groups_of(texts)
    assert groups[:3000].tolist() == groups[3000:].tolist()
    assert len(set(groups.tolist())) == 3000
    place = groups.astype("float64") * GOLDEN % 1
    assert np.mean(place < 0.1) == pytest.approx(0.1, abs=0.02)


def test_groups_of_rows_in_any_order():
    rows = zip("banana", range(6), strict=True)
    found = [[i for _, i in group] for group in in_groups(rows, lambda row: row[0])]
    assert found == [[0], [1, 3, 5], [2, 4]]


@settings(max_examples=20, deadline=None)
@given(rows=st.integers(1, 40), size=st.integers(1, 41), shift=st.floats(-1e6, 1e6))
def test_moments_of_parts_are_those_of_all(rows, size, shift):
    array = np.random.default_rng(rows).normal(size=(rows, 3)) * [1, 100, 0] + shift
    mean, variance = moments(parts(array, size))
    np.testing.assert_allclose(mean, array.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(variance, array.var(axis=0), rtol=1e-6, atol=1e-9)
