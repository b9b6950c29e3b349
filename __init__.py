"""Attention and external memory in Keras, from the layer to the trained model.

`keras_memory.layers` holds the mathematics, `keras_memory.zoo` the models and their
presets, `keras_memory.recipes` the experiments. Each loads when it is first touched.
"""

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["layers", "zoo", "recipes"],
    submod_attrs={"layers.citation": ["citation"]},
)


def __getattr__(name):
    if name == "__version__":
        import importlib.metadata

        return importlib.metadata.version("keras-memory")
    return _load(name)
