"""The names that the stubs give to editors are there, and load."""

import pytest

import keras_memory
from keras_memory import recipes, zoo
from keras_memory.zoo import figures

FACES = {"keras_memory": keras_memory, "zoo": zoo, "figures": figures, "recipes": recipes}
NAMES = [(face, name) for face, module in FACES.items() for name in module.__all__]


@pytest.mark.parametrize(("face", "name"), NAMES)
def test_a_name_loads(face, name):
    found = getattr(FACES[face], name)
    assert found.__name__.rpartition(".")[2] == name
    assert name in dir(FACES[face])


def test_an_unknown_name_is_an_error():
    for module in FACES.values():
        with pytest.raises(AttributeError, match="nonsense"):
            module.nonsense  # noqa: B018
