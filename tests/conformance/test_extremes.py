"""Large numbers, none at all, and integers."""

from crossing import cross


@cross("large_numbers_are_finite", "nothing_is_answered_or_refused", "integers_are_numbers")
def test_extremes(promise, entry):
    promise(entry)
