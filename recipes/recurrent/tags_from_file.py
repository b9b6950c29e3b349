"""Tags for the words of your own sentences: a tagger that is trained on a file of columns."""

from typing import ClassVar

import numpy as np
from pydantic import Field, PositiveInt

from ...zoo import chunk_f1
from ...zoo.text.plain import composed
from ..datasets.tagged import Sentence, read_sentences
from ..running.argument_types import Arrays, Metrics
from ..running.own_files import OwnFiles
from ..running.recipe import recipe_dataclass
from .pos_tagging_ewt_study import measured
from .tagging import Known, TaggingRecipe, Tags

COLUMNS = "words", "tags", "intent"
BEGINS = "B-", "S-"  # a chunk


@recipe_dataclass
class TagsFromFile(TaggingRecipe, OwnFiles):
    """Sentences with a tag for each word out of a file, for `zoo.SequenceTagger`.

    If tags mark chunks, as `B-city` and `I-city`, their F1 is measured; else the percentage
    of right tags.
    """

    epochs: PositiveInt = Field(12, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    units: PositiveInt = Field(64, description="of the encoder, in each direction")
    embedding_dim: PositiveInt = Field(64, description="width of a word's vector")
    letter_dim: PositiveInt = Field(32, description="width of a word's vector by letters")
    cased: bool = Field(False, description="read upper case as such")

    contents: ClassVar = "sentences"

    def read(self, path: str) -> list[Sentence]:
        return [(composed(words), *rest) for words, *rest in read_sentences(path)]

    def texts(self, split: str) -> Arrays:
        columns = zip(*self.own[split], strict=True)
        return {
            name: np.array([text.encode() for text in column], object)
            for name, column in zip(COLUMNS, columns, strict=True)
        }

    @property
    def is_chunked(self) -> bool:
        """Whether tags mark chunks."""
        return any(tag.startswith(BEGINS) for tag in self.tags)

    def measured(self, true: Tags, predicted: Tags, is_known: Known) -> Metrics:
        if self.is_chunked:
            return {"f1": chunk_f1(true, predicted)["f1"]}
        return measured(true, predicted, is_known)

    def found(self) -> str:
        longest = max(map(len, self.sentences("train")["words"]))
        kind = "of chunks, " if self.is_chunked else ""
        intents = f"; {len(self.intents)} intents" if self.intents else ""
        return (
            f"{len(self.vocabulary)} words, {self.singletons} of them once; up to {longest} "
            f"in a sentence; {len(self.tags)} tags, {kind}as {self.tags[0]!r}{intents}"
        )
