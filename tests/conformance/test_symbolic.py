"""What a layer says of its outputs before it runs."""

from crossing import cross


@cross("symbolic_is_real")
def test_symbolic(promise, entry):
    promise(entry)
