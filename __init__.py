"""Attention and external memory in Keras, from the layer to the trained model.

`keras_memory.layers` holds the mathematics, `keras_memory.zoo` the models and their
presets, `keras_memory.recipes` the experiments. Each loads when it is first touched.
"""

import importlib.metadata

import lazy_loader

__version__ = importlib.metadata.version("keras-memory")

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["layers", "zoo", "recipes"]
)
