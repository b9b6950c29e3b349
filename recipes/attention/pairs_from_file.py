"""Your own pairs of texts: an encoder-decoder that learns to make the target of a source.

source    3 mei 1979          target    1979-05-03
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ..datasets.pair_files import COLUMNS, Pair, read_pairs
from ..datasets.stored_rows import RowsByNumber, groups_of
from ..datasets.text_rows import FORMATS
from ..running.answers import columns, row_by_row
from ..running.argument_types import Answer, Arrays, Batch, Figures, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.own_files import SPLITS, OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import quoted
from ..running.study import Study
from .character_translation import CharacterTranslation

IN_FIGURES = 3  # pairs
EVALUATED_AT_ONCE = 10_000  # pairs: bounds the memory in use


@recipe_dataclass
class PairsFromFile(CharacterTranslation, OwnFiles):
    r"""Pairs out of a file, for `zoo.EncoderDecoder`.

    Characters are those of the training pairs; all pairs of one source are in one split.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> size = Path("dates.tsv").write_text("3 mei\t05-03\n4 mei\t05-04\n" * 10)
    >>> recipe = recipes.get("pairs_from_file", path="dates.tsv", units=32)
    >>> next(iter(recipe.read("dates.tsv")))
    ('3 mei', '05-03')
    """

    epochs: PositiveInt = Field(10, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(200, description="updates in an epoch")

    format: Literal["", *FORMATS.values()] = Field(
        "", description="of the files; by the ending of a name if empty"
    )
    longest: PositiveInt = Field(
        200, description="characters of a source or a target; of more, a file is refused"
    )

    contents: ClassVar = "pairs"
    study: ClassVar = Study(data=file_name)

    def read(self, path: str) -> Iterator[Pair]:
        return read_pairs(path, self.format, self.longest)

    def groups(self, examples: Sequence[Pair]) -> np.ndarray:
        """The number of each pair's source."""
        return groups_of(source for source, _ in examples)

    @functools.cached_property
    def characters(self) -> tuple[str, str]:
        """Those of the training sources, and of their targets, sorted.

        First come those that the pretrained model knows.
        """
        found = set(), set()
        for pair in self.own["train"]:
            for side, text in zip(found, pair, strict=True):
                side.update(text)
        source, target = (
            "".join(self.with_pretrained(f"{name}_characters", sorted(side)))
            for name, side in zip(COLUMNS, found, strict=True)
        )
        return source, target

    @functools.cached_property
    def _lengths(self):
        """Of the longest source, and of the longest target, in training."""
        source, target = 0, 0
        for split in SPLITS:
            for pair in self.as_trained.own[split]:
                source, target = max(source, len(pair[0])), max(target, len(pair[1]))
        return source, target

    @property
    def source_length(self) -> int:
        return self._lengths[0]

    @property
    def target_length(self) -> int:
        return self._lengths[1] + 1

    def found(self) -> str:
        (source, target), (longest, _) = self.characters, self._lengths
        return (
            f"sources of up to {longest} characters, {len(source)} different ones; targets "
            f"of up to {self.target_length - 1}, {len(target)} different ones"
        )

    def sample(self) -> str:
        """A source and its target."""
        return " → ".join(map(quoted, self.own["train"][0]))

    def stored(self, split: str) -> RowsByNumber:
        """Sources and targets, on disk."""
        columns = {
            "source": (lambda pair: pair[0].encode(), "string"),
            "target": (lambda pair: pair[1].encode(), "string"),
        }
        return RowsByNumber(self.own[split], columns)

    def to_batch(self, examples: Arrays) -> Batch:
        source, target = (examples[name] for name in COLUMNS)
        inputs, targets = self._text.ids(source, target, self.source_length)
        padding = [[0, 0], [0, self.target_length - tf.shape(targets)[1]]]
        shape = (None, self.target_length)
        before, targets = (
            tf.ensure_shape(tf.pad(ids, padding), shape)
            for ids in (inputs["target"], targets)
        )
        return {"source": inputs["source"], "target": before}, targets

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of targets without a wrong character, by greedy and by beam search."""
        pairs, widths = self.records(split), (1, self.beam_width)
        right = dict.fromkeys(widths, 0)
        for start in range(0, len(pairs), EVALUATED_AT_ONCE):
            part = pairs[start : start + EVALUATED_AT_ONCE]
            for width in widths:
                found, _ = self.written(model, part["source"], width)
                right[width] += int(np.sum(found == part["target"]))
        names = "exact_match", f"exact_match_beam_{self.beam_width}"
        return {
            name: right[width] / len(pairs) for name, width in zip(names, widths, strict=True)
        }

    def figures(self, model: keras.Model) -> Figures:
        """What the decoder attends to in pairs of the test split."""
        texts = self.records("test")[:IN_FIGURES]["source"]
        return {f"alignment_{i}": self.alignment(model, t) for i, t in enumerate(texts, 1)}

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The target of what the user typed, its probability, and unknown characters."""
        return self.answers(model, [{"text": text}])[0]

    def answers(
        self, model: keras.Model, questions: Sequence[Mapping[str, str]]
    ) -> list[Answer]:
        (texts,) = columns(("text",), questions)
        for text in texts:
            is_known = set(text) & set(model.arguments["source_characters"])
            if not text.strip() or not is_known or len(text) > self.longest:
                raise ValueError(
                    f"Expected a text of up to {self.longest} characters, of which the model "
                    f"knows one or more. Received: {text[:80]!r}"
                )
        found = model.translate([text.strip() for text in texts], self.beam_width)
        return [_reported(row) for row in row_by_row(found)]


def _reported(found):
    translation, unknown = (found[name][0].decode() for name in ("text", "unknown"))
    return {
        "translation": translation,
        "probability": round(float(np.exp(found["log_probability"][0])), 6),
        **({"unknown": unknown} if unknown else {}),
    }
