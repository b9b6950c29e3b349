"""The base of recipes that train on a user's own files."""

import abc
import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from .fields import PathText
from .progress import tell
from .recipe import Recipe, recipe_dataclass

SPLITS = "train", "validation", "test"
# Groups are shared out by multiples of this, modulo 1: evenly, whatever their order.
GOLDEN = (5**0.5 - 1) / 2


def file_name(recipe: "OwnFiles") -> str:
    """The file of a recipe without its folder: the data of its study."""
    return Path(recipe.path).name


@recipe_dataclass
class OwnFiles(Recipe):
    """Examples that are read from files; a subclass reads one (`read`).

    Without files of their own, validation and tests have a fraction each of the examples.
    """

    path: PathText = Field("", description="the file, which training is for")
    validation_path: PathText = Field("", description="a file for validation")
    validation_share: float = Field(
        0.1, gt=0, lt=0.5, description="or the fraction of the examples for it"
    )
    test_path: PathText = Field("", description="a file for tests")
    test_share: float = Field(
        0.1, gt=0, lt=0.5, description="or the fraction of the examples for it"
    )

    # What is in a file, as a message says it.
    contents: ClassVar[str]

    @abc.abstractmethod
    def read(self, path: str) -> Iterable[Any]:
        """The examples of a file, in order.

        Raises:
            ValueError: A line is malformed; the message names file and line.
        """

    def groups(self, examples: Sequence[Any]) -> Iterable[int]:
        """Of each example its group: a group, numbered from 0, is in one split."""
        return range(len(examples))

    @abc.abstractmethod
    def found(self) -> str:
        """What the files have besides the counts of examples, in a line."""

    @property
    def paths_of_tests(self) -> dict[str, str]:
        """The files of validation and tests, of those that have one.

        Raises:
            ValueError: There is no path for training.
        """
        if not self.path:
            raise ValueError(f"Expected path, a file of {self.contents}. Received: none")
        paths = {"validation": self.validation_path, "test": self.test_path}
        return {split: path for split, path in paths.items() if path}

    @functools.cached_property
    def own(self) -> dict[str, Any]:
        """The examples of each split, in a list.

        Raises:
            ValueError: There is no path, or a split has no examples.
        """
        own = {s: list(self.read(path)) for s, path in self.paths_of_tests.items()}
        examples = list(self.read(self.path))
        parts = list(self.parts(examples, [s for s in SPLITS[1:] if s not in own]))
        for split in {*SPLITS} - own.keys():
            pairs = zip(examples, parts, strict=True)
            own[split] = [example for example, part in pairs if part == split]
            if not own[split]:
                raise ValueError(
                    f"{self.path}: Expected enough {self.contents} for {split}. Received: "
                    f"{len(examples)}"
                )
        return own

    def parts(self, examples: Sequence[Any], splits: Sequence[str]) -> Iterable[str]:
        """The split of each example; `splits` are those that have no file."""
        shares = {"validation": self.validation_share, "test": self.test_share}
        for group in self.groups(examples):
            place, part = group * GOLDEN % 1, "train"
            for split in splits:
                if 0 <= place < shares[split]:
                    part = split
                place -= shares[split]
            yield part

    def prepare(self) -> None:
        """Read all files, and report what was found."""
        super().prepare()
        counts = ", ".join(f"{len(self.own[split])} for {split}" for split in SPLITS)
        tell(f"{self.path}: {self.contents}: {counts}; {self.found()}")
