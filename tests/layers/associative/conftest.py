"""Two sets of patterns, with a value for each, and three cues for each set."""

import pytest


@pytest.fixture
def cues(rng):
    return rng.normal(size=(2, 3, 4)).astype("float32")


@pytest.fixture
def patterns(rng):
    return rng.normal(size=(2, 7, 4)).astype("float32")


@pytest.fixture
def values(rng):
    return rng.normal(size=(2, 7, 5)).astype("float32")
