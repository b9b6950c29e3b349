"""Spoken requests of air travel, with a tag for each word and an intent for each request."""

import tensorflow_datasets as tfds

from ..sources import manual_folder
from ..tagged import PARALLEL, read_parallel, tagged_features

FOLDERS = {"train": "train", "validation": "dev", "test": "test"}
SOURCE = "https://github.com/MiuLab/SlotGated-SLU"


class Builder(tfds.core.GeneratorBasedBuilder):
    """The requests of ATIS, in the split of Goo et al.: 4,478, 500 and 893."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "The split of Goo et al., 2018."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Copy the folder data/atis of {SOURCE} into this folder, so that it holds atis/train,
    atis/dev (or atis/valid) and atis/test, each with {", ".join(PARALLEL)}.
    """

    def _info(self):
        return self.dataset_info_from_configs(
            features=tagged_features(),
            homepage="https://aclanthology.org/N18-2118",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        folder = manual_folder(dl_manager, "atis", "data/atis", ".")
        if folder is None or not (folder / "train").is_dir():
            raise FileNotFoundError(
                f"Expected a folder atis in --manual-dir (now {dl_manager._manual_dir}) with "
                f"train, dev and test of {SOURCE}. The recipe slot_filling_world needs none"
            )
        folders = {split: folder / name for split, name in FOLDERS.items()}
        if not folders["validation"].is_dir():
            folders["validation"] = folder / "valid"
        return {split: self._generate_examples(path) for split, path in folders.items()}

    def _generate_examples(self, folder):
        for number, (words, tags, intent) in enumerate(read_parallel(folder)):
            yield number, {"words": words, "tags": tags, "intent": intent}
