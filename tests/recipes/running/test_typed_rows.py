"""Rows of numbers that a user types: a fault names the numbers of a row, with an example."""

import numpy as np
import pytest

from keras_memory.recipes.running.typed_rows import typed_rows


def rows(typed, width=3):
    return typed_rows(f"points of {width} coordinates", typed, "0.1,0.2 0.3,0.4", width)


def test_typed_or_json():
    for typed in ("1,2,3 4,5,6e0", "[[1, 2, 3], [4, 5, 6]]"):
        np.testing.assert_array_equal(rows(typed), [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("typed", ["1,2,nan", "1,2,-1e99"])
def test_numbers_are_those_of_a_model(typed):
    with pytest.raises(ValueError, match="finite numbers of points of 3 coordinates"):
        rows(typed)


@pytest.mark.parametrize("typed", ["1,2", "a,b,c", "[[1, 2, 3], 4]", "[" * 100_000])
def test_a_fault_has_an_example_of_that_width(typed):
    message = "points of 3 coordinates, as '0.1,0.2,0.1 0.3,0.4,0.3'. Received: '"
    with pytest.raises(ValueError, match=message) as raised:
        rows(typed)
    assert len(str(raised.value)) < 200
