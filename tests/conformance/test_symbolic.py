"""What a layer says of its outputs before it runs, and what it refuses."""

from crossing import cross


@cross("symbolic_is_real", "wrong_width_is_refused", "wrong_mask_is_refused")
def test_symbolic(promise, entry):
    promise(entry)
