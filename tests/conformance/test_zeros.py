"""Nothing is divided by zero."""

from crossing import cross


@cross("no_nan_at_zero", "no_nan_with_weights_of_zero")
def test_zeros(promise, entry):
    promise(entry)
