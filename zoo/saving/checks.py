"""What is checked of files before a model is made of them."""

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from .names import PACKAGE

# Values that Keras wraps, and modules of its classes and functions. Not among them are
# utilities, which read files, and layers that run what a file holds.
VALUES = (
    "__bytes__",
    "__ellipsis__",
    "__keras_tensor__",
    "__numpy__",
    "__slice__",
    "__tensor__",
)
MODULES = (
    "activations",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "ops",
    "optimizers",
    "quantizers",
    "random",
    "regularizers",
)
RUNS_CODE = "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"
OF_KERAS_ITSELF = "Functional", "Model", "Sequential", "Variable"


def check_classes(config: Any, path: object) -> None:
    """Refuse a configuration that names what is neither Keras's, nor ours, nor registered.

    Args:
        config: What is to be deserialized; nothing of it is imported.
        path: The file that it is from.

    Raises:
        ValueError: It names another class or function.
    """
    if isinstance(config, list):
        for part in config:
            check_classes(part, path)
    elif isinstance(config, dict):
        if "class_name" in config and not _is_allowed(config):
            raise ValueError(
                f"Expected classes of Keras, of {PACKAGE[:-1]}, or that were registered, in "
                f"{path}. Received: {config.get('module')}.{config['class_name']}"
            )
        for part in config.values():
            check_classes(part, path)


def check_finite(arrays: Iterable[np.ndarray]) -> None:
    """Refuse weights that are not finite.

    Raises:
        ValueError: One of the arrays has NaN or an infinite number in it.
    """
    for index, array in enumerate(arrays):
        is_floating = (
            np.issubdtype(array.dtype, np.floating) or array.dtype.name == "bfloat16"
        )
        if is_floating and not np.isfinite(array).all():
            raise ValueError(f"Expected finite weights. Received: NaN or infinity in {index}")


def _is_allowed(config):
    name, module = config["class_name"], config.get("module")
    registered = config.get("registered_name") or name
    if name in VALUES:
        return True
    if not isinstance(registered, str) or not isinstance(name, str):
        return False
    if registered.startswith(PACKAGE) or keras.saving.get_registered_object(registered):
        return True
    if name == "function":
        return module == "builtins" or _is_of_keras(module)
    if module == "keras" or str(module).startswith(("keras.models", "keras.src.models")):
        return name in OF_KERAS_ITSELF or name.endswith("DTypePolicy")
    return _is_of_keras(module) and name not in RUNS_CODE


def _is_of_keras(module):
    first, *rest = str(module).removeprefix("keras.src.").removeprefix("keras.").split(".")
    return str(module).startswith("keras.") and first in MODULES
