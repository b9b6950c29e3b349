"""The base of recipes that train on a user's own files."""

import abc
import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field

from ..datasets.records import ByNumber
from ..datasets.stored_rows import StoredRows
from .argument_types import Arrays
from .fields import PathText
from .progress import tell
from .recipe import Recipe, recipe_dataclass

SPLITS = "train", "validation", "test"
PATHS = "validation_path", "test_path"  # that tests of a trained model may replace
# Groups are shared out by multiples of this, modulo 1: evenly, whatever their order.
GOLDEN = (5**0.5 - 1) / 2


def file_name(recipe: Any) -> str:
    """The file of a recipe without its folder: the data of its study."""
    return Path(recipe.path).name


@recipe_dataclass
class OwnFiles(Recipe):
    r"""Examples that are read from files of any size, and stay on disk; a subclass reads one
    (`read`).

    Without files of their own, validation and tests have a fraction each of the examples.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> lines = [f"{day} mei\t05-{day:02}\n" for day in range(1, 31)]
    >>> size = Path("dates.tsv").write_text("".join(lines))
    >>> recipe = recipes.get("pairs_from_file", path="dates.tsv", test_share=0.3)
    >>> [len(recipe.own[split]) for split in ("train", "validation", "test")]
    [18, 4, 8]
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
    fields_of_data: ClassVar = ("path", "validation_share", "test_share", *PATHS)

    @abc.abstractmethod
    def read(self, path: str) -> Iterable[Any]:
        """The examples of a file, in order.

        Raises:
            ValueError: A line is malformed; the message names file and line.
        """

    @abc.abstractmethod
    def stored(self, split: str) -> ByNumber:
        """The examples of a split by name, as they are read from disk."""

    @functools.cached_property
    def _records(self):
        return {}

    def records(self, split: str) -> ByNumber:
        if split not in self._records:
            self._records[split] = self.stored(split)
        return self._records[split]

    def examples(self, split: str) -> Arrays:
        """As `records`, in memory."""
        return self.records(split)[:]

    def groups(self, examples: Sequence[Any]) -> Iterable[int]:
        """Of each example its group: a group, numbered from 0, is in one split."""
        return range(len(examples))

    @abc.abstractmethod
    def found(self) -> str:
        """What the files have besides the counts of examples, in a line."""

    @abc.abstractmethod
    def sample(self) -> str:
        """The first example of training, in a line, abridged."""

    @property
    def paths_of_tests(self) -> dict[str, str]:
        """The files of validation and tests, of those that have one.

        Raises:
            ValueError: There is no path for training.
        """
        if not self.path:
            raise ValueError(f"Expected path, a file of {self.contents}. Received: none")
        paths = dict(zip(SPLITS[1:], (getattr(self, name) for name in PATHS), strict=True))
        return {split: path for split, path in paths.items() if path}

    @functools.cached_property
    def as_trained(self) -> Self:
        """The recipe by whose files a model has its names, numbers and sizes."""
        return self

    def for_tests(self, **overrides: Any) -> Self:
        """As of every recipe; another file takes the place of its own split alone."""
        others = {name: value for name, value in overrides.items() if name not in PATHS}
        recipe = self.replace(**overrides)
        vars(recipe)["as_trained"] = self.as_trained.replace(**others)
        return recipe

    @functools.cached_property
    def own(self) -> dict[str, Any]:
        """The examples of each split, in a sequence.

        Raises:
            ValueError: There is no path, or a split has no examples.
        """
        if self.as_trained is self:
            return self._own()
        replaced = {
            split: self.part_of(path)
            for split, path in self.paths_of_tests.items()
            if path != self.as_trained.paths_of_tests.get(split)
        }
        return {**self.as_trained.own, **replaced}

    def part_of(self, path: str) -> Sequence[Any]:
        """The examples of a file that is a split for itself."""
        return StoredRows(self.read(path))

    def _own(self):
        own = {split: self.part_of(path) for split, path in self.paths_of_tests.items()}
        examples = self.part_of(self.path)
        parts = self.parts(examples, [s for s in SPLITS[1:] if s not in own])
        for split in {*SPLITS} - own.keys():
            own[split] = examples.chosen(parts[split])
            if not own[split]:
                raise ValueError(
                    f"{self.path}: Expected enough {self.contents} for {split}. Received: "
                    f"{len(examples)}"
                )
        return own

    def parts(self, examples: Sequence[Any], splits: Sequence[str]) -> dict[str, np.ndarray]:
        """Of each split which examples are in it: Booleans.

        Args:
            examples: Those of the file for training.
            splits: Those that have no file.
        """
        shares = {"validation": self.validation_share, "test": self.test_share}
        places = np.fromiter(self.groups(examples), "float64", len(examples))
        places *= GOLDEN
        places %= 1
        parts, is_left = {}, np.ones(len(examples), bool)
        for split in splits:
            parts[split] = (places >= 0) & (places < shares[split])
            is_left &= ~parts[split]
            places -= shares[split]
        return {**parts, "train": is_left}

    def prepare(self) -> None:
        """Read all files, and report what was found."""
        super().prepare()
        counts = ", ".join(f"{len(self.own[split])} for {split}" for split in SPLITS)
        tell(
            f"{self.path}: {self.contents}: {counts}; {self.found()}; the first: "
            f"{self.sample()}"
        )
