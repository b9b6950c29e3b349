"""Nothing is divided by zero."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("no_nan_at_zero", "no_nan_with_weights_of_zero")
def test_zeros(promise, entry):
    promise(entry)
