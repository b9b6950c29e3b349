"""Functions of arrays, compiled by whichever backend is in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from .late_tensorflow import tf


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, compiled by XLA; as it is on a backend that has none.

    It must take and return arrays alone: what else it reads is as it was when first called.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return tf.function(function, jit_compile=True)
    if backend == "jax":
        import jax

        return jax.jit(function)
    return function
