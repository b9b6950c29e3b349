"""Attention and external memory in Keras, from the layer to the trained model.

`keras_memory.layers` holds the mathematics, `keras_memory.zoo` the models and their
presets, `keras_memory.recipes` the experiments, `keras_memory.testing` what every layer
promises. Each loads when it is first touched; their names are in `__init__.pyi`, for editors
and type checkers, too.
"""

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name):
    if name == "__version__":
        import importlib.metadata

        return importlib.metadata.version("keras-memory")
    return _load(name)
