"""The examples in docstrings run, and print what they say."""

import doctest
import importlib
import pkgutil

import keras
import pytest

import keras_memory
from keras_memory import layers


def modules():
    for floor in ("layers", "zoo", "recipes", "testing"):
        package = importlib.import_module(f"keras_memory.{floor}")
        for entry in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield entry.name


@pytest.mark.parametrize("name", sorted(modules()))
def test_examples(name):
    module = importlib.import_module(name)
    names = {"keras": keras, "keras_memory": keras_memory, **vars(layers)}
    for example in doctest.DocTestFinder(recurse=True).find(module, extraglobs=names):
        result = doctest.DocTestRunner().run(example)
        assert result.failed == 0, example.name
