"""Large numbers, none at all, and integers."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("large_numbers_are_finite", "nothing_is_answered_or_refused", "integers_are_numbers")
def test_extremes(promise, entry):
    promise(entry)
