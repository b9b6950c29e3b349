"""XLA computes the same."""

import pytest
from crossing import cross

pytestmark = [pytest.mark.long, pytest.mark.slow]


@cross("xla")
def test_xla(promise, entry):
    promise(entry)
