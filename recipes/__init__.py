"""The experiments: data, model, training, metric and search space, ready to run.

Their names are in `__init__.pyi`, for editors and type checkers as for lazy loading.
"""

import os

import lazy_loader

# TensorFlow talks of GPUs that are not here, and of asserts in Keras's own losses; what fails
# raises an error. What it may say is read when it is imported, which is later.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
