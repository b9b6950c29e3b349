"""Your own text, character by character: which one comes next?"""

import functools
from typing import ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets.plain_text import read_text
from ..running.argument_types import Answer, Fields
from ..running.own_files import SPLITS, OwnFiles
from ..running.recipe import recipe_dataclass
from .characters import CharacterRecipe

AT_ONCE = 1_000_000  # characters that are numbered


@recipe_dataclass
class CharactersFromFile(CharacterRecipe, OwnFiles):
    """A language model of a text out of a file.

    Without files of their own, the last part of the text is for tests, and what comes before
    it for validation. The alphabet has all characters of the file.
    """

    epochs: PositiveInt = Field(10, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")

    units: PositiveInt = Field(128, description="of the cell")
    k_top: NonNegativeInt = Field(5, description="past states retrieved at each step (SAB)")
    test_length: PositiveInt = Field(100, description="characters of a piece in tests")

    contents: ClassVar = "characters"

    def read(self, path: str) -> str:
        return read_text(path)

    @functools.cached_property
    def _read(self):
        """The text of each file, by the split that it is for."""
        paths = {"train": self.path, **self.paths_of_tests}
        return {split: self.part_of(path) for split, path in paths.items()}

    def part_of(self, path: str) -> str:
        return self.read(path)

    def _own(self):
        own, shares = dict(self._read), (self.test_share, self.validation_share)
        whole, end = own["train"], len(own["train"])
        for split, share in zip(("test", "validation"), shares, strict=True):
            if split not in self._read:
                start = end - round(share * len(whole))
                own[split], end = whole[start:end], start
        own["train"] = whole[:end]
        return own

    @functools.cached_property
    def alphabet(self) -> str:
        """The characters of the training file, sorted, after those of a pretrained model."""
        return "".join(self.with_pretrained("labels", sorted(set(self._read["train"]))))

    @functools.cached_property
    def _numbers(self):
        for name, path in self.paths_of_tests.items():
            self._check_alphabet(self._read[name], path)
        numbers = np.full(ord(max(self.alphabet)) + 1, -1, "int32")
        numbers[[ord(character) for character in self.alphabet]] = range(len(self.alphabet))
        type_of_all = "uint8" if len(self.alphabet) <= 256 else "uint16"
        texts = {split: np.empty(len(self.own[split]), type_of_all) for split in SPLITS}
        for split, found in texts.items():
            for start in range(0, len(found), AT_ONCE):
                part = self.own[split][start : start + AT_ONCE]
                codes = np.frombuffer(part.encode("utf-32-le"), "uint32")
                found[start : start + len(part)] = numbers[codes]
        return texts

    def text(self, split: str) -> np.ndarray:
        """The numbers of a split's characters, in the order of the text.

        Raises:
            ValueError: The file of the split has a character that the training file lacks;
                the message names file and line.
        """
        return self._numbers[split]

    def _check_alphabet(self, text, path):
        strange = set(text) - set(self.alphabet)
        if strange:
            place = min(map(text.index, strange))
            row = text.count("\n", 0, place) + 1
            raise ValueError(
                f"{path}:{row}: Expected the characters of {self.path} alone. Received: "
                f"{text[place : place + 20]!r}"
            )

    @property
    def network(self) -> Fields:
        return {**super().network, "labels": list(self.alphabet)}

    def found(self) -> str:
        return f"{len(self.alphabet)} different ones; as {self.own['train'][:40]!r}"

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The text, continued by characters sampled from the model's predictions."""
        return {"text": self.continued(model, text, "".join(model.arguments["labels"]))}
