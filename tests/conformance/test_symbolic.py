"""What a layer says of its outputs before it runs, and what it refuses."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("symbolic_is_real", "wrong_width_is_refused", "wrong_mask_is_refused")
def test_symbolic(promise, entry):
    promise(entry)
