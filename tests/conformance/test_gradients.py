"""Gradients are those of the function that is computed."""

from crossing import cross


@cross("gradients_arrive", "gradients_by_finite_differences")
def test_gradients(promise, entry):
    promise(entry)
