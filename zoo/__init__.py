"""The models: built of the layers, with trained presets, traces and figures.

Their names are in `__init__.pyi`, for editors and type checkers as for lazy loading.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
