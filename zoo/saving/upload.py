"""Presets to the Hub of Hugging Face, with a card that it can read."""

import math
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .hub import Address, client, one_line
from .model_cards import model_card
from .presets import CARD, CONFIG, METADATA, WEIGHTS, Preset


def upload_preset(
    address: str,
    preset: str | os.PathLike[str],
    license: str | None = None,
    private: bool = False,
) -> str:
    """Upload a preset to the Hub, from where `from_preset(address)` loads it.

    Its model card gets front matter: library, tags, licence, and the metrics of the
    test split. The account is that of `hf auth login`, or of the variable `HF_TOKEN`.

    Args:
        address: `hf://user/name`, made if there is none, or `hf://user/name@branch`.
        preset: A name out of `presets()`, or a folder written by `save_to_preset`.
        license: What the weights may be used for, as the Hub names it: `"mit"`.
        private: Whether a repository that is made now is for its owner alone.

    Returns:
        The page of what was uploaded.

    Raises:
        ValueError: The address is not one, there is no such preset, its files are
            damaged, or the Hub refuses them.
        ImportError: The extra `hub` is not installed.

    Example:

    >>> zoo.upload_preset("hf://ada/copying", "my_preset", license="mit")  # doctest: +SKIP
    """
    repository, revision = Address.of(address)
    found, hub = Preset.get(preset), client()
    found.weights()
    with tempfile.TemporaryDirectory() as folder:
        for path in [found.folder / name for name in (CONFIG, WEIGHTS, METADATA)]:
            shutil.copy(path, folder)
        for picture in found.folder.glob("*.png"):
            shutil.copy(picture, folder)
        (Path(folder) / CARD).write_text(_card(found, hub, license), "utf-8")
        with one_line(f"Expected the Hub to take a preset at {address}"):
            api = hub.HfApi()
            api.create_repo(repository, private=private, exist_ok=True)
            if revision is not None:
                api.create_branch(repository, branch=revision, exist_ok=True)
            commit = api.upload_folder(
                repo_id=repository,
                folder_path=folder,
                revision=revision,
                commit_message=f"Preset of {found.config['registered_name']}",
            )
    return str(commit.commit_url)


def front_matter(preset: Preset, hub: ModuleType, license: str | None = None) -> str:
    """What the Hub reads at the head of a card, as YAML between two lines.

    Args:
        preset: A preset.
        hub: The client of the Hub.
        license: As in `upload_preset`.
    """
    metadata = preset.metadata
    name = metadata.get("preset", preset.folder.name)
    _, _, model_class = preset.config["registered_name"].rpartition(">")
    tags = ["keras", "keras-memory", model_class, metadata.get("recipe")]
    data = hub.ModelCardData(
        library_name="keras",
        license=license,
        tags=[tag for tag in tags if tag],
        model_name=name,
        eval_results=_results(metadata, hub) or None,
    )
    return f"---\n{data.to_yaml()}\n---\n\n"


def _card(preset, hub, license):
    """With front matter, unless it has that of its author."""
    path = preset.folder / CARD
    if path.is_file():
        card = path.read_text("utf-8")
    else:  # one that was fetched
        card = model_card(preset.folder.name, preset.metadata)
    return card if card.startswith("---\n") else front_matter(preset, hub, license) + card


def _results(metadata: Mapping[str, Any], hub: ModuleType) -> list[Any]:
    """The metrics as the Hub has them; those that are not finite are left out."""
    data = metadata.get("data", metadata.get("recipe", "its own"))
    return [
        hub.EvalResult(
            task_type="other",
            dataset_type=metadata.get("recipe", "other"),
            dataset_name=data,
            dataset_split="test",
            metric_type=metric,
            metric_value=value,
        )
        for metric, value in metadata.get("metrics", {}).items()
        if isinstance(value, (int, float)) and math.isfinite(value)
    ]
