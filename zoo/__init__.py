"""The models: built of the layers, with trained presets, traces and figures.

Their names are in `__init__.pyi`, for editors and type checkers as for lazy loading.
"""

import importlib

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name):
    if name == "preset_folders":  # until version 0.2; what is in it warns
        return importlib.import_module(".preset_folders", __name__)
    return _load(name)
