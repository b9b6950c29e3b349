"""The faults of `make mutants` can still be put in, wherever the code has moved."""

from pathlib import Path

import pytest
from faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_thirteen():
    assert len(FAULTS) == len({fault.name for fault in FAULTS}) == 13


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_its_text_stands_once_in_its_file(fault):
    assert (ROOT / fault.file).read_text("utf-8").count(fault.text) == 1
    assert all((ROOT / test).exists() for test in fault.tests)
