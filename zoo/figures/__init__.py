"""Figures of what a model does and of how it learned, by matplotlib.

Their names are in `__init__.pyi`, for editors and type checkers as for lazy loading.
"""

import warnings

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

# The names until version 0.2: gone in the next one.
_RENAMED = {
    "patterns_held": "patterns_recalled",
    "pointed_out": "pointer_predictions",
    "read_story": "story_attention",
    "reminder_map": "retrieval_map",
    "shaded_document": "document_attention",
    "weighed_images": "image_attention",
}


def __getattr__(name):
    if name in _RENAMED:
        warnings.warn(
            f"keras_memory.zoo.figures.{name} is now called {_RENAMED[name]}",
            DeprecationWarning,
            stacklevel=2,
        )
    return _load(_RENAMED.get(name, name))
