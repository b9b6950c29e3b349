"""Gradients are those of the function that is computed."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("gradients_arrive", "gradients_by_finite_differences")
def test_gradients(promise, entry):
    promise(entry)
