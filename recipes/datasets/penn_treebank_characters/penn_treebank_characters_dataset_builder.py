"""The characters of the Penn Treebank, fifty of them."""

import string

import tensorflow_datasets as tfds

from ..characters import CharacterBuilder
from ..penn_treebank import penn_treebank_dataset_builder as treebank


class Builder(CharacterBuilder):
    """Sentences of the Wall Street Journal; a line feed ends each."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Of Mikolov's preprocessed version."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = treebank.Builder.MANUAL_DOWNLOAD_INSTRUCTIONS
    homepage = "https://catalog.ldc.upenn.edu/LDC99T42"
    alphabet = f"\n #$&'*-./{string.digits}<>N\\{string.ascii_lowercase}"

    def texts(self, dl_manager):
        return {
            split: (path, "".join(f"{s}\n" for s in treebank.read_sentences(path)).encode())
            for split, path in treebank.treebank_paths(dl_manager).items()
        }
