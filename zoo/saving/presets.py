"""Presets on disk: a folder each, checked when read. Needs no Keras, so it lists fast."""

import fnmatch
import functools
import hashlib
from pathlib import Path

from . import hub
from .atomic_files import read_json
from .names import did_you_mean

SHIPPED = Path(__file__).parents[1] / "presets"
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
METADATA, CARD = "metadata.json", "README.md"
# What entries are, where they are there: in the configuration, and in the metadata.
CONFIG_TYPES = {"registered_name": str, "config": dict}
METADATA_TYPES = {"sha256": str, "summary": str, "recipe": str, "overrides": dict}


def presets(pattern: str = "*") -> list[str]:
    """The names of the presets that come with the package, sorted.

    Args:
        pattern: Those that match it alone; `*` stands for any characters, `?` for one.

    Example:

    >>> presets("*mil_t*")
    ['hopfield_mil_tiger']
    """
    names = sorted(file.parent.name for file in SHIPPED.glob(f"*/{METADATA}"))
    return fnmatch.filter(names, pattern)


def no_preset(name: str | Path) -> ValueError:
    """The error where no preset has that name, and none is in that folder."""
    names = presets()
    return ValueError(
        f"Expected the name of a preset ({', '.join(names) or 'none is shipped'}) or the "
        f"folder of one. Received: {str(name)!r}{did_you_mean(name, names, most=3)}"
    )


class Preset:
    """A model on disk, found once: its configuration, weights and what is known of it.

    Attributes:
        folder: Where it is: `config.json`, `model.weights.h5`, `metadata.json`, `README.md`.
        config: The serialized model: its class and constructor arguments.
        metadata: What is known of it: recipe, seed, data, metrics, versions, sha256.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"Preset({str(self.folder)!r})"

    @classmethod
    def find(cls, name: str | Path) -> "Preset | None":
        """The preset that comes with the package under this name, or that is in this folder.

        Args:
            name: A name out of `presets()`, which comes first, a folder written by
                `save_to_preset`, or `hf://user/name@revision`, which is fetched.

        Returns:
            The `Preset`; `None` if there is none.

        Raises:
            ValueError: There is none at that address of the Hub, or it does not answer.
            ImportError: It is an address, and the extra `hub` is not installed.
        """
        if hub.is_address(name):
            return cls(hub.fetch(str(name), [CONFIG, WEIGHTS, METADATA]))
        folder = SHIPPED / name if str(name) in presets() else Path(name)
        return cls(folder) if (folder / METADATA).is_file() else None

    @classmethod
    def get(cls, name: "str | Path | Preset") -> "Preset":
        """As `find`; a `Preset` stays what it is.

        Raises:
            ValueError: There is no such preset.
        """
        found = name if isinstance(name, cls) else cls.find(name)
        if found is None:
            raise no_preset(name)
        return found

    @functools.cached_property
    def config(self) -> dict:
        return _read(self.folder / CONFIG, CONFIG_TYPES, CONFIG_TYPES)

    @functools.cached_property
    def metadata(self) -> dict:
        found = _read(self.folder / METADATA, METADATA_TYPES, ["sha256"])
        return found | (
            {"overrides": found.get("overrides", {})} if "recipe" in found else {}
        )

    def weights(self) -> Path:
        """The path of the weights, after their sha256 is compared with the recorded one.

        Raises:
            ValueError: The file is missing or is not the one that was saved.
        """
        path = self.folder / WEIGHTS
        expected = self.metadata["sha256"]
        received = sha256(path) if path.is_file() else "no file"
        if received != expected:
            raise ValueError(
                f"The weights of preset {self.folder.name!r} are corrupted: expected sha256 "
                f"{expected} for {path}. Received: {received}"
            )
        return path


def _read(path, types, needed):
    """The entries of a JSON file.

    Raises:
        ValueError: It is not JSON, one of those needed is missing, or one is of another type.
    """
    found = read_json(path)
    if not isinstance(found, dict):
        raise ValueError(f"Expected entries by name in {path}. Received: {found!r:.80}")
    for name, expected in types.items():
        if name in needed and name not in found:
            raise ValueError(f"Expected {name!r} in {path}. Received: {', '.join(found)}")
        if name in found and not isinstance(found[name], expected):
            raise ValueError(
                f"Expected {name!r} of type {expected.__name__} in {path}. Received: "
                f"{found[name]!r:.80}"
            )
    return found


def sha256(path: str | Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
