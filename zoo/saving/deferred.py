"""Classes of the zoo under their registered names, before their modules are imported."""

import importlib
from collections.abc import Iterable

import keras

from .names import PACKAGE


def register(names: Iterable[str]) -> None:
    """Let Keras find classes by these names; a class is imported when it is made."""
    known = keras.saving.get_custom_objects()
    for name in names:
        known.setdefault(f"{PACKAGE}{name}", _deferred(name))


def _deferred(name):
    """What stands for a class until its module, once imported, registers the class itself."""

    def from_config(config):
        found = getattr(importlib.import_module("..", __package__), name)
        return found.from_config(config)

    return type(name, (), {"from_config": staticmethod(from_config)})
