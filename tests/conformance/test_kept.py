"""What is frozen, and the policy, outlive a file and a clone."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("frozen_stays_frozen", "policy_stays")
def test_kept(promise, entry):
    promise(entry)
