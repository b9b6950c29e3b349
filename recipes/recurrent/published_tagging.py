"""The base of recipes that tag sentences of a data set, or of the user's own files."""

import abc

from pydantic import Field

from ..datasets.tagged import read_user
from ..running.argument_types import Arrays
from ..running.fields import PathText
from ..running.recipe import recipe_dataclass
from .tagging import TaggingRecipe


@recipe_dataclass
class PublishedTagging(TaggingRecipe):
    """A tagging recipe whose sentences are published, but for those of a `path`."""

    path: PathText = Field("", description="tagged sentences of your own, a file or a folder")

    @abc.abstractmethod
    def published_sentences(self, split: str) -> Arrays:
        """Arrays of strings `words`, `tags` and `intent`, a sentence each."""

    def texts(self, split: str) -> Arrays:
        return read_user(self.path, split) if self.path else self.published_sentences(split)
