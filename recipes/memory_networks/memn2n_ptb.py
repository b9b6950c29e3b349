"""Language modelling: the next word is predicted from a memory of the last hundred."""

import collections
import functools
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import MemN2NLanguageModel, figures
from ...zoo.memory_networks.tying import sgd_of_sum
from ..datasets import load
from ..datasets.penn_treebank import FILES, Builder
from ..running.argument_types import (
    Arrays,
    Batch,
    Callbacks,
    Fields,
    Figures,
    History,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .memn2n_ptb_study import STUDY

END, UNKNOWN = "<eos>", "<unk>"


class SlowDown(keras.callbacks.Callback):
    """Divides the learning rate by 1.5 after each epoch that was hardly better than the one
    before, and stops when it is very small.

    Args:
        history: The epochs so far, a row each, to which every epoch adds its own.
        lowest: The learning rate below which training stops.
    """

    def __init__(self, history: History, lowest: float) -> None:
        super().__init__()
        self.history = history
        self.lowest = lowest

    @property
    def is_slow(self) -> bool:
        before, last = ([None] * 2 + [row["val_loss"] for row in self.history])[-2:]
        return before is not None and last > 0.9999 * before

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if self.is_slow:  # here, and not at the end: a checkpoint was saved in between
            self.model.optimizer.learning_rate = self._next_rate

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if self.is_slow and self._next_rate < self.lowest:
            self.model.stop_training = True

    @property
    def _next_rate(self):
        return float(self.model.optimizer.learning_rate) / 1.5


@recipe_dataclass
class MemN2NPTB(Recipe):
    """Section 5 of [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895).

    An epoch takes about ten minutes.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("memn2n_ptb", hops=3, memory_size=50)
    >>> recipe.published
    {}
    """

    epochs: PositiveInt = Field(100, description="how often validation takes place, at most")
    steps_per_epoch: PositiveInt = Field(7262, description="updates in an epoch")
    batch_size: PositiveInt = Field(128, description="words in an update")
    learning_rate: PositiveFloat = Field(
        0.01, allow_inf_nan=False, description="of gradient descent, at first"
    )

    dim: PositiveInt = Field(150, description="width of a word's vector")
    hops: PositiveInt = Field(6, description="reads of the memory, one after the other")
    memory_size: PositiveInt = Field(100, description="last words, which the memory has")

    layouts: ClassVar = MemN2NLanguageModel.layouts
    study: ClassVar = STUDY

    @functools.cached_property
    def _splits(self):
        """The words of each split, one after the other, an END after each sentence."""
        return {
            split: " ".join(
                f"{line.decode()} {END}" for line in load(Builder, None, split)["text"]
            ).split()
            for split in FILES
        }

    @functools.cached_property
    def vocabulary(self) -> list[str]:
        """The words of the training split, the most frequent first."""
        return [word for word, _ in collections.Counter(self._splits["train"]).most_common()]

    @functools.cached_property
    def _text(self):
        """The numbers of the words of all splits, after padding for a whole memory."""
        number = {word: i for i, word in enumerate(self.vocabulary, start=1)}
        unknown = {word for split in self._splits.values() for word in split} - set(number)
        if unknown and UNKNOWN not in number:
            raise ValueError(
                f"Expected {UNKNOWN} in {FILES['train']}, for words that it lacks. Received: "
                f"{min(unknown)!r} in another file"
            )
        words = [
            number.get(word, number.get(UNKNOWN))
            for split in self._splits.values()
            for word in split
        ]
        return np.array([0] * self.memory_size + words, "int32")

    def examples(self, split: str) -> Arrays:
        """Indices of words in the text of all splits."""
        lengths = {name: len(words) for name, words in self._splits.items()}
        ends = dict(
            zip(lengths, self.memory_size + np.cumsum([*lengths.values()]), strict=True)
        )
        indices = np.arange(ends[split] - lengths[split], ends[split], dtype="int32")
        return {"index": indices}

    def to_batch(self, examples: Arrays) -> Batch:
        before = tf.range(-self.memory_size, 0)
        text = tf.constant(self._text)
        words = tf.gather(text, examples["index"][:, None] + before)
        return words, tf.gather(text, examples["index"]) - 1

    def model(self) -> keras.Model:
        model = MemN2NLanguageModel(
            len(self.vocabulary), self.dim, self.hops, self.memory_size
        )
        model.compile(
            # All gradients are clipped together.
            sgd_of_sum(self.learning_rate, self.batch_size, global_clipnorm=50.0),
            loss=model.loss,
            jit_compile=self.jit_compile,
        )
        return model

    def callbacks(self, history: History) -> Callbacks:
        return [SlowDown(history, lowest=1e-5 * self.batch_size)]

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Perplexity, e to the mean cross-entropy of a word; of the validation split, too."""
        return {
            "perplexity": self._perplexity(model, split),
            "validation_perplexity": self._perplexity(model, "validation"),
        }

    def _perplexity(self, model, split):
        return math.exp(model.evaluate(self.dataset(split), verbose=0))

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-3, 3e-2, sampling="log"),
            "hops": hp.Int("hops", 2, 7),
            "memory_size": hp.Choice("memory_size", [25, 50, 100, 150]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """What each hop attends to, on the mean over the first words of the test split."""
        words, _ = self.to_batch({k: v[:500] for k, v in self.examples("test").items()})
        weights = model.trace(words)["weights"].mean(axis=0)
        hops = [f"hop {hop + 1}" for hop in range(len(weights))]
        return {"attention_map": figures.attention_map(weights, "word", hops)}
