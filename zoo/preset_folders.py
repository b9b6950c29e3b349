"""The name that `zoo.saving.presets` had until version 0.2: gone in the next one."""

import warnings

from .saving import presets as _now
from .saving.presets import Preset

_FUNCTIONS = {
    "preset_folder": lambda preset: Preset.get(preset).folder,
    "read_metadata": lambda preset: Preset.get(preset).metadata,
    "read_config": lambda preset: Preset.get(preset).config,
    "checked_weights": lambda preset: Preset.get(preset).weights(),
}


def __getattr__(name):
    if name.startswith("__") or not (name in _FUNCTIONS or hasattr(_now, name)):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(
        f"keras_memory.zoo.preset_folders.{name} moves to keras_memory.zoo.saving.presets, "
        "where a Preset has its folder, metadata, config and weights",
        DeprecationWarning,
        stacklevel=2,
    )
    return _FUNCTIONS.get(name) or getattr(_now, name)
