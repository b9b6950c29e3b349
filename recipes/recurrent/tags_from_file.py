"""Tags for the words of your own sentences: a tagger that is trained on a file of columns."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from pydantic import Field, PositiveInt

from ...zoo import chunk_f1
from ...zoo.text.plain import composed
from ..datasets.stored_rows import Column, RowsByNumber, filled
from ..datasets.tagged import Sentence, read_sentences
from ..running.argument_types import Arrays, Metrics
from ..running.own_files import OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import quoted
from ..running.study import Study
from .pos_tagging_ewt_study import measured
from .tagging import UNKNOWN_TAG, Known, TaggingRecipe, Tags

COLUMNS = "words", "tags", "intent"
BEGINS = "B-", "S-"  # a chunk


@recipe_dataclass
class TagsFromFile(TaggingRecipe, OwnFiles):
    r"""Sentences with a tag for each word out of a file, for `zoo.SequenceTagger`.

    If tags mark chunks, as `B-city` and `I-city`, their F1 is measured; else the percentage
    of right tags.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> size = Path("trips.conll").write_text("to O\nSan B-to\nJose I-to\n\n" * 20)
    >>> recipe = recipes.get("tags_from_file", path="trips.conll", crf=False)
    >>> next(iter(recipe.read("trips.conll")))
    ('to San Jose', 'O B-to I-to', 'none')
    >>> recipe.tags
    ['B-to', 'I-to', 'O']
    """

    epochs: PositiveInt = Field(12, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    units: PositiveInt = Field(64, description="of the encoder, in each direction")
    embedding_dim: PositiveInt = Field(64, description="width of a word's vector")
    letter_dim: PositiveInt = Field(32, description="width of a word's vector by letters")
    cased: bool = Field(False, description="read upper case as such")

    contents: ClassVar = "sentences"
    study: ClassVar = Study(data=file_name)

    def read(self, path: str) -> Iterator[Sentence]:
        return ((composed(words), *rest) for words, *rest in read_sentences(path))

    def texts(self, split: str) -> Arrays:
        own = self.own[split]
        return {
            name: Column(own, lambda row, place=place: row[place].encode())
            for place, name in enumerate(COLUMNS)
        }

    def sentences(self, split: str) -> dict[str, Column]:
        """Words and tags, lists of strings, and intents, strings, which stay on disk."""
        own = self.own[split]
        return {
            "words": Column(own, lambda row: row[0].split(" ")),
            "tags": Column(own, lambda row: row[1].split(" ")),
            "intent": Column(own, lambda row: row[2]),
        }

    def stored(self, split: str) -> RowsByNumber:
        """As `examples` of all taggers; but sentences stay on disk."""
        own, words = self.own[split], self.sentences(split)["words"]
        length = np.fromiter(map(len, words), "int32", len(words))
        order = np.arange(len(length), dtype="int32")
        if split != "train":
            order = np.argsort(length, kind="stable").astype("int32")
            own, length = own.chosen(order), length[order]
        rows, shape = self._forms[0], (int(length.max()),)
        tags, intents = (
            {name: number for number, name in enumerate(names)}
            for names in (self.tags, self.intents)
        )

        def form(row):
            return filled([rows[word] for word in row[0].split(" ")], shape)

        def tag(row):
            found = [tags.get(tag, UNKNOWN_TAG) for tag in row[1].split(" ")]
            return filled(found, shape, UNKNOWN_TAG)

        columns = {
            "form": (form, "int32", *shape),
            "tag": (tag, "int16", *shape),
            "intent": (lambda row: intents.get(row[2], UNKNOWN_TAG), "int16"),
            "length": length,
            "number": order,
        }
        return RowsByNumber(own, columns)

    def examples(self, split: str) -> Arrays:
        return self.records(split)[:]

    @property
    def is_chunked(self) -> bool:
        """Whether tags mark chunks."""
        return any(tag.startswith(BEGINS) for tag in self.tags)

    def measured(self, true: Tags, predicted: Tags, is_known: Known) -> Metrics:
        if self.is_chunked:
            return {"f1": chunk_f1(true, predicted)["f1"]}
        return measured(true, predicted, is_known)

    def found(self) -> str:
        if len(self.tags) == 1:
            raise ValueError(
                f"{self.path}: Expected tags that differ for train. Received: "
                f"{self.tags[0]!r} alone"
            )
        longest = self.records("train")["length"].max()
        kind = "of chunks, " if self.is_chunked else ""
        intents = f"; {len(self.intents)} intents" if self.intents else ""
        return (
            f"{len(self.vocabulary)} words, {self.singletons} of them once; up to {longest} "
            f"in a sentence; {len(self.tags)} tags, {kind}as {self.tags[0]!r}{intents}"
        )

    def sample(self) -> str:
        """The words of a sentence, its tags, and what it is about, if that is known."""
        words, tags, intent = map(quoted, self.own["train"][0])
        return f"{words} → {tags}{f', {intent}' if self.intents else ''}"
