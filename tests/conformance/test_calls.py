"""Batches, sizes and seeds."""

from crossing import cross


@cross("batch_of_one", "other_sizes", "same_seed_same_numbers")
def test_calls(promise, entry):
    promise(entry)
