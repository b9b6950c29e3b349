"""The Penn Treebank as language models read it: a line a sentence, 10,000 words."""

import tensorflow_datasets as tfds

from ..reading import LARGEST_TEXT, read_lines
from ..sources import manual_folder

FILES = {
    "train": "ptb.train.txt",
    "validation": "ptb.valid.txt",
    "test": "ptb.test.txt",
}


def treebank_paths(dl_manager):
    """The file of each split.

    Raises:
        FileNotFoundError: One of them is missing.
    """
    folder = manual_folder(dl_manager, "ptb", ".")
    missing = [n for n in FILES.values() if folder is None or not (folder / n).exists()]
    if missing:
        raise FileNotFoundError(
            f"Expected {', '.join(FILES.values())} in --manual-dir, or in a folder ptb in "
            f"it. Received: {dl_manager._manual_dir}, without {', '.join(missing)}"
        )
    return {split: folder / name for split, name in FILES.items()}


def read_sentences(path):
    """The sentences of a file, a line each.

    Raises:
        ValueError: It is not text in UTF-8, or there is none.
    """
    is_empty = True
    for line in read_lines(path, LARGEST_TEXT):
        is_empty = False
        yield line.strip()
    if is_empty:
        raise ValueError(f"{path}: Expected sentences, a line each. Received: none")


class Builder(tfds.core.GeneratorBasedBuilder):
    """Sentences of the Wall Street Journal, in the order of the text."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Mikolov's preprocessed version."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Put {", ".join(FILES.values())} of Mikolov's version into this folder, or into a folder
    ptb in it. The text is licensed by the LDC, and is not downloaded from anywhere.
    """

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"text": tfds.features.Text()}),
            homepage="https://catalog.ldc.upenn.edu/LDC99T42",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        paths = treebank_paths(dl_manager)
        return {split: self._generate_examples(path) for split, path in paths.items()}

    def _generate_examples(self, path):
        for number, sentence in enumerate(read_sentences(path)):
            yield number, {"text": sentence}
