"""Text as language models of characters read it: every split one long row of them."""

import abc

import numpy as np
import tensorflow_datasets as tfds

from . import load

PIECE = 1_000_000  # characters of an example


class CharacterBuilder(tfds.core.GeneratorBasedBuilder, abc.ABC, skip_registration=True):
    """A text in pieces, which make up each split when put one after the other.

    A subclass says its `alphabet`, a string of all characters, `homepage` and `texts`.
    """

    @abc.abstractmethod
    def texts(self, dl_manager):
        """The file and the text of each split, as bytes, by its name.

        Args:
            dl_manager: The download manager of TFDS.
        """

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"text": tfds.features.Text()}),
            homepage=self.homepage,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        texts = self.texts(dl_manager)
        for path, text in texts.values():
            check_characters(text, self.alphabet, path)
        return {split: self._generate_examples(text) for split, (_, text) in texts.items()}

    def _generate_examples(self, text):
        for start in range(0, len(text), PIECE):
            yield start, {"text": text[start : start + PIECE]}


def check_characters(text, alphabet, path):
    """Raise a `ValueError` with file and line of the first byte beyond the alphabet."""
    strange = text.translate(None, alphabet.encode())
    if strange:
        row = text.count(b"\n", 0, text.index(strange[:1])) + 1
        raise ValueError(
            f"{path}:{row}: Expected none but the characters {alphabet!r}. Received: "
            f"{strange[:20]!r}"
        )


def characters(builder_class, split):
    """The characters of a split in the order of the text, by their places in the alphabet.

    Args:
        builder_class: A CharacterBuilder.
        split: As of `load`; a part of a split is so many of its pieces.

    Returns:
        Numbers from 0, shape `(characters,)`, uint8.
    """
    text = b"".join(load(builder_class, None, split)["text"])
    places = np.zeros(256, "uint8")
    alphabet = np.frombuffer(builder_class.alphabet.encode(), "uint8")
    places[alphabet] = np.arange(len(alphabet))
    return places[np.frombuffer(text, "uint8")]
