"""Batches, sizes and seeds."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("batch_of_one", "other_sizes", "same_seed_same_numbers")
def test_calls(promise, entry):
    promise(entry)
