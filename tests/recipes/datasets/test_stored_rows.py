"""Rows on disk are those that were read, in any order and from any thread."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf

from keras_memory.recipes.datasets.stored_rows import (
    Column,
    RowsByNumber,
    StoredRows,
    numbers_of,
)

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
    column = Column(stored, 0)
    assert column[6] == "text é6".encode()
    assert column[2:4].tolist() == [text.encode() for text, _ in ROWS[2:4]]
    assert [text.decode() for text in column] == [text for text, _ in ROWS]


def test_rows_by_number(stored):
    columns = {
        "text": (lambda row: row[0].encode(), "string"),
        "twice": (lambda row: 2 * row[1], "int32"),
    }
    rows = RowsByNumber(stored, columns)
    assert len(rows) == 300
    np.testing.assert_array_equal(rows[:10]["twice"], 2 * np.arange(10))
    batches = tf.data.Dataset.from_tensors(tf.constant([7, 3])).map(rows.gather)
    (batch,) = list(batches)
    assert batch["text"].numpy().tolist() == [ROWS[7][0].encode(), ROWS[3][0].encode()]
    assert batch["twice"].numpy().tolist() == [14, 6]
    assert (batch["twice"].dtype, batch["twice"].shape) == (tf.int32, (2,))


def test_the_same_text_has_the_same_number():
    assert numbers_of("banané") == [0, 1, 2, 1, 2, 3]
    assert numbers_of([]) == []
