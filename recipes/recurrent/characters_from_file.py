"""Your own text, character by character: which one comes next?"""

import functools
from collections.abc import Iterator
from typing import ClassVar

import keras
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets.plain_text import Pieces, StoredText, read_text
from ..running.argument_types import Answer, Arrays, Fields
from ..running.own_files import OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import LONGEST, quoted
from .characters import CharacterRecipe
from .family_study import long_span_study


@recipe_dataclass
class CharactersFromFile(CharacterRecipe, OwnFiles):
    r"""A language model of a text out of a file.

    Without files of their own, the last part of the text is for tests, and what comes before
    it for validation. The alphabet has all characters of the file.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> size = Path("days.txt").write_text("Monday, Tuesday, Sunday\n" * 100)
    >>> recipe = recipes.get("characters_from_file", path="days.txt", units=32)
    >>> recipe.found()
    '14 different ones'
    """

    epochs: PositiveInt = Field(10, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")

    units: PositiveInt = Field(128, description="of the cell")
    k_top: NonNegativeInt = Field(5, description="past states retrieved at each step (SAB)")
    test_length: PositiveInt = Field(100, description="characters of a piece in tests")

    contents: ClassVar = "characters"
    study: ClassVar = long_span_study(data=file_name)

    def read(self, path: str) -> Iterator[str]:
        return read_text(path)

    @functools.cached_property
    def _read(self):
        """The text of each file, by the split that it is for."""
        paths = {"train": self.path, **self.paths_of_tests}
        return {split: self.part_of(path) for split, path in paths.items()}

    def part_of(self, path: str) -> StoredText:
        return StoredText(self.read(path), path)

    def _own(self):
        own, shares = dict(self._read), (self.test_share, self.validation_share)
        whole, end = own["train"], len(own["train"])
        for split, share in zip(("test", "validation"), shares, strict=True):
            if split not in self._read:
                start = end - round(share * len(whole))
                own[split], end = whole.part(start, end), start
        own["train"] = whole.part(0, end)
        return own

    @functools.cached_property
    def alphabet(self) -> str:
        """The characters of the training file, sorted, after those of a pretrained model."""
        found = self.as_trained._read["train"].characters
        return "".join(self.with_pretrained("labels", sorted(found)))

    def stored(self, split: str) -> Pieces:
        """Pieces of a split's text, which stays on disk.

        Raises:
            ValueError: The file of the split has a character that the training file lacks;
                the message names file and line.
        """
        for name, path in self.paths_of_tests.items():
            self._check_alphabet(self.own[name], path)
        text = self.own[split]
        return Pieces(text, text.numbered(self.alphabet), *self.cut(len(text), split))

    def examples(self, split: str) -> Arrays:
        return self.records(split)[:]

    def _check_alphabet(self, text, path):
        if strange := set(text.characters) - set(self.alphabet):
            place, row = text.first_of(strange)
            raise ValueError(
                f"{path}:{row}: Expected the characters of {self.path} alone. Received: "
                f"{text[place : place + 20]!r}"
            )

    def cut(self, size: int, split: str) -> tuple[int, int]:
        """As of every text; the message names the file, too."""
        path = self.paths_of_tests.get(split, self.path)
        try:
            return super().cut(size, split)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    @property
    def network(self) -> Fields:
        return {**super().network, "labels": list(self.alphabet)}

    def found(self) -> str:
        return f"{len(self.alphabet)} different ones"

    def sample(self) -> str:
        """How the text begins."""
        return quoted(self.own["train"][:LONGEST])

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The text, continued by characters sampled from the model's predictions."""
        return {"text": self.continued(model, text, "".join(model.arguments["labels"]))}
