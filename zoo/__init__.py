"""The models: built of the layers, with trained presets, traces and figures.

Their names are in `__init__.pyi`, for editors and type checkers as for lazy loading. Keras
finds the classes by their registered names, too, once both it and this are imported.
"""

import importlib

import lazy_loader
import wrapt

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name):
    if name == "preset_folders":  # until version 0.2; what is in it warns
        return importlib.import_module(".preset_folders", __name__)
    return _load(name)


@wrapt.when_imported("keras")
def _register(_):
    """At once if Keras is imported already; Keras is not waited for here."""
    deferred = importlib.import_module(".saving.deferred", __name__)
    deferred.register([name for name in __all__ if name[0].isupper()])
