"""Names of the package: those of the version before warn, others are not there."""

import pytest

import keras_memory


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("read", "read_memory"),
        ("write", "write_memory"),
        ("interpolate", "interpolate_weights"),
        ("sharpen", "sharpen_weights"),
    ],
)
def test_names_of_the_version_before_warn(old, new):
    with pytest.warns(DeprecationWarning, match=f"layers.{old} is now {new}"):
        assert getattr(keras_memory.layers, old) is getattr(keras_memory.layers, new)


def test_unknown_names():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = keras_memory.layers.nothing
