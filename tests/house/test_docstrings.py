"""The examples in docstrings run, and print what they say; what is public has one."""

import doctest
import importlib
import inspect
import pkgutil

import keras
import pytest

import keras_memory
from keras_memory import layers, recipes, testing, zoo

PUBLIC = {
    f"{face.__name__.rpartition('.')[2]}.{name}": getattr(face, name)
    for face in (layers, zoo, zoo.figures, recipes, testing)
    for name in face.__all__
}


class Finder(doctest.DocTestFinder):
    """Finds the examples of functions that are decorated, too."""

    def _from_module(self, module, object):
        return super()._from_module(module, inspect.unwrap(object))


def modules():
    for floor in ("layers", "zoo", "recipes", "testing"):
        package = importlib.import_module(f"keras_memory.{floor}")
        for entry in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield entry.name


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.mark.parametrize("name", sorted(modules()))
def test_examples(name, data, tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(data))
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    names = {"keras": keras, "keras_memory": keras_memory, **vars(layers), **vars(module)}
    for example in Finder(recurse=True).find(module, extraglobs=names):
        result = doctest.DocTestRunner().run(example)
        assert result.failed == 0, example.name


def test_examples_of_decorated_functions_are_found():
    module = importlib.import_module(layers.read_memory.__module__)
    found = {test.name: test.examples for test in Finder().find(module)}
    assert found[f"{module.__name__}.read_memory"]


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_has_an_example(name):
    thing = PUBLIC[name]
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert ">>> " in (thing.__doc__ or "") or "```python" in thing.__doc__
