"""A layer is its configuration."""

import pytest
from crossing import cross

pytestmark = pytest.mark.long  # on PyTorch, it is part of each run


@cross("config_round_trip", "config_round_trip_before_building")
def test_config(promise, entry):
    promise(entry)
