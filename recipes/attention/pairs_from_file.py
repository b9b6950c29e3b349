"""Your own pairs of texts: an encoder-decoder that learns to make the target of a source.

source    3 mei 1979          target    1979-05-03
"""

import functools
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ..datasets.pair_files import COLUMNS, Pair, read_pairs
from ..datasets.text_rows import FORMATS
from ..running.argument_types import Answer, Arrays, Batch, Figures, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.own_files import SPLITS, OwnFiles
from ..running.recipe import recipe_dataclass
from .character_translation import CharacterTranslation

IN_FIGURES = 3  # pairs


@recipe_dataclass
class PairsFromFile(CharacterTranslation, OwnFiles):
    """Pairs out of a file, for `zoo.EncoderDecoder`.

    Characters are those of the training pairs; all pairs of one source are in one split.
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

    def read(self, path: str) -> Iterator[Pair]:
        return read_pairs(path, self.format, self.longest)

    def groups(self, examples: Sequence[Pair]) -> Iterator[int]:
        """The number of each pair's source."""
        numbers = {}
        for source, _ in examples:
            yield numbers.setdefault(source, len(numbers))

    @functools.cached_property
    def characters(self) -> tuple[str, str]:
        """Those of the training sources, and of their targets, sorted.

        First come those that the pretrained model knows.
        """
        sides = zip(*self.own["train"], strict=True)
        source, target = (
            "".join(self.with_pretrained(f"{name}_characters", sorted(set("".join(side)))))
            for name, side in zip(COLUMNS, sides, strict=True)
        )
        return source, target

    @functools.cached_property
    def _lengths(self):
        """Of the longest source, and of the longest target, in training."""
        own = self.as_trained.own
        sides = zip(*(pair for split in SPLITS for pair in own[split]), strict=True)
        return tuple(max(map(len, side)) for side in sides)

    @property
    def source_length(self) -> int:
        return self._lengths[0]

    @property
    def target_length(self) -> int:
        return self._lengths[1] + 1

    def found(self) -> str:
        (source, target), (longest, _) = self.characters, self._lengths
        pair = " → ".join(map(repr, self.own["train"][0]))
        return (
            f"sources of up to {longest} characters, {len(source)} different ones; targets "
            f"of up to {self.target_length - 1}, {len(target)} different ones; as {pair:.90}"
        )

    def examples(self, split: str) -> Arrays:
        sides = zip(*self.own[split], strict=True)
        encoded = ([text.encode() for text in side] for side in sides)
        return {
            name: np.array(side, object) for name, side in zip(COLUMNS, encoded, strict=True)
        }

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
        examples = self.examples(split)
        metrics = {}
        for suffix, width in (("", 1), (f"_beam_{self.beam_width}", self.beam_width)):
            found, _ = self.written(model, examples["source"], width)
            metrics[f"exact_match{suffix}"] = float(np.mean(found == examples["target"]))
        return metrics

    def figures(self, model: keras.Model) -> Figures:
        """What the decoder attends to in pairs of the test split."""
        texts = self.examples("test")["source"][:IN_FIGURES]
        return {f"alignment_{i}": self.alignment(model, t) for i, t in enumerate(texts, 1)}

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The target of what the user typed, its probability, and unknown characters."""
        is_known = set(text) & set(model.arguments["source_characters"])
        if not text.strip() or not is_known or len(text) > self.longest:
            raise ValueError(
                f"Expected a text of up to {self.longest} characters, of which the model "
                f"knows one or more. Received: {text[:80]!r}"
            )
        found = model.translate([text.strip()], self.beam_width)
        translation, unknown = (
            np.asarray(found[name])[0].decode() for name in ("text", "unknown")
        )
        return {
            "translation": translation,
            "probability": round(float(np.exp(found["log_probability"][0])), 6),
            **({"unknown": unknown} if unknown else {}),
        }
