"""Classes of your own documents: attention over words and sentences, out of a file."""

import functools
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ..datasets.document_files import Document, read_documents
from ..datasets.stored_rows import RowsByNumber, groups_of
from ..datasets.text_rows import FORMATS
from ..running.argument_types import Answer, Figures, Metrics, Split
from ..running.own_files import OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import quoted
from ..running.study import Study
from .documents import DocumentRecipe

EVALUATED_AT_ONCE = 1000  # documents: bounds the memory in use


@recipe_dataclass
class DocumentsFromFile(DocumentRecipe, OwnFiles):
    r"""Documents and their classes out of a file or folder, for `zoo.HierarchicalAttention`.

    Classes and words are those of the training documents; documents of the same text are in
    one split.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> lines = [f"Lunch at {n}?,friends\nOrder {n} was sent.,shops\n" for n in range(20)]
    >>> size = Path("mails.csv").write_text("".join(lines))
    >>> recipe = recipes.get("documents_from_file", path="mails.csv")
    >>> next(iter(recipe.read("mails.csv")))
    ('Lunch at 0?', 'friends')
    >>> recipe.labels
    ['friends', 'shops']
    """

    epochs: PositiveInt = Field(8, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(50, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="documents in an update")
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of Adam")

    sentences: PositiveInt = Field(
        36, description="last sentences of a document that are read, at most"
    )
    words: PositiveInt = Field(28, description="words of a sentence, at most")
    format: Literal["", *FORMATS.values()] = Field(
        "", description="of the files; by the ending of a name if empty"
    )

    contents: ClassVar = "documents"
    study: ClassVar = Study(data=file_name)

    def read(self, path: str) -> Iterator[Document]:
        return read_documents(path, self.format)

    def groups(self, examples: Sequence[Document]) -> np.ndarray:
        """The number of each document's text."""
        return groups_of(text for text, _ in examples)

    @functools.cached_property
    def labels(self) -> list[str]:
        """The classes of the training documents, sorted."""
        labels = sorted({label for _, label in self.own["train"]})
        if len(labels) == 1:
            raise ValueError(
                f"{self.path}: Expected documents of two classes or more for train. "
                f"Received: {labels[0]!r} alone"
            )
        return self.with_pretrained("labels", labels)

    @property
    def size(self) -> tuple[int, int]:
        """Those of the longest training documents, up to `sentences` and `words`."""
        return self._counted[1]

    def stored(self, split: str) -> RowsByNumber:
        """Texts and numbers of labels, on disk.

        A class that training lacks has no loss; `evaluate` counts it as wrong.
        """
        numbers = {label: number for number, label in enumerate(self.labels)}
        is_known = np.array([label in numbers for _, label in self.own[split]], bool)
        columns = {
            "text": (lambda document: document[0].encode(), "string"),
            "label": (lambda document: numbers[document[1]], "int32"),
        }
        return RowsByNumber(self.own[split].chosen(is_known), columns)

    def found(self) -> str:
        if not self.vocabulary:
            raise ValueError(f"{self.path}: Expected documents of words. Received: none")
        for split in ("validation", "test"):
            if not len(self.records(split)):
                raise ValueError(
                    f"{self.path}: Expected documents of the training classes for {split}. "
                    f"Received: {self.own[split][0][1]!r}"
                )
        sentences, words = self.size
        return (
            f"{len(self.labels)} classes: {', '.join(map(repr, self.labels)):.90}; "
            f"{len(self.vocabulary)} words; up to {sentences} sentences of up to {words} "
            "words are read"
        )

    def sample(self) -> str:
        """A text and its class."""
        return " → ".join(map(quoted, self.own["train"][0]))

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of documents whose class is predicted."""
        documents, right = self.own[split], 0
        for start in range(0, len(documents), EVALUATED_AT_ONCE):
            texts, labels = zip(*documents[start : start + EVALUATED_AT_ONCE], strict=True)
            logits = model.predict(model.text.ids(list(texts)), batch_size=250, verbose=0)
            found = np.array(model.arguments["labels"], object)[logits.argmax(axis=-1)]
            right += int(np.sum(found == np.array(labels, object)))
        return {"accuracy": right / len(documents)}

    def figures(self, model: keras.Model) -> Figures:
        """A document of the test split, its sentences and words shaded."""
        picture = self.picture(model)
        return {"document": picture} if picture else {}

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The class of what the user typed, its probability, and words that are unknown."""
        return self.classified(model, [text])[0]
