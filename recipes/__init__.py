"""The experiments: data, model, training, metric and search space, ready to run.

Their names are in `__init__.pyi`, for editors and type checkers as for lazy loading.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
