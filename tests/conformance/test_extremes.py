"""Large numbers, and none at all."""

from crossing import cross


@cross("large_numbers_are_finite", "nothing_is_answered_or_refused")
def test_extremes(promise, entry):
    promise(entry)
