"""In half precision the answers stay near."""

from crossing import cross


@cross("half_precision_bfloat16", "half_precision_float16")
def test_precision(promise, entry):
    promise(entry)
