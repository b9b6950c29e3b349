"""Presets on disk: a folder each, checked when read. Needs no Keras, so it lists fast."""

import hashlib
from pathlib import Path

from .atomic_files import read_json

SHIPPED = Path(__file__).parents[1] / "presets"
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
METADATA, CARD = "metadata.json", "README.md"


def presets():
    """The names of the presets that come with the package, sorted."""
    return sorted(file.parent.name for file in SHIPPED.glob(f"*/{METADATA}"))


def preset_folder(preset):
    """The folder of a preset, given its name or the folder itself.

    Raises:
        ValueError: There is no such preset.
    """
    for folder in (SHIPPED / preset, Path(preset)):
        if (folder / METADATA).is_file():
            return folder
    raise ValueError(
        f"Expected the name of a preset ({', '.join(presets()) or 'none is shipped'}) "
        f"or the folder of one. Received: {str(preset)!r}"
    )


def read_metadata(preset):
    """What is known of a preset: recipe, seed, data, metrics, versions, sha256."""
    return read_json(preset_folder(preset) / METADATA)


def read_config(preset):
    """The serialized model of a preset: its class and constructor arguments."""
    return read_json(preset_folder(preset) / CONFIG)


def checked_weights(preset):
    """The weights file of a preset, after comparing it with the recorded sha256.

    Raises:
        ValueError: The file is missing or is not the one that was saved.
    """
    path = preset_folder(preset) / WEIGHTS
    expected = read_metadata(preset)["sha256"]
    received = sha256(path) if path.is_file() else "no file"
    if received != expected:
        raise ValueError(
            f"The weights of preset {str(preset)!r} are corrupted: expected sha256 "
            f"{expected} for {path}. Received: {received}"
        )
    return path


def sha256(path):
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
