"""Transduction: a controller with a stack, queue or deque rewrites sequences of symbols.

The network reads a source, a mark, and then, symbol by symbol, the target that it writes. It
is trained on sources of up to a length, with the target given, and tested on longer ones, on
what it wrote itself.

    copy              a b c d  ->  a b c d
    reversal          a b c d  ->  d c b a
    bigram_flipping   a b c d  ->  b a d c
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import MemoryTransducer, figures
from ...zoo.machines.memory_transducer import END, PADDING, STRUCTURES
from ..datasets import load
from ..datasets.transduction import TASKS, Builder, transduction_config
from ..running.argument_types import (
    Answer,
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
from ..running.falling_rate import falling_rate
from ..running.fields import Integers
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .neural_transduction_study import STUDY

# How many sequences are written at once.
BATCH = 250


@recipe_dataclass
class NeuralTransduction(Recipe):
    """Section 4 of [Grefenstette et al., 2015](https://arxiv.org/abs/1506.02516).

    Defaults are the paper's sizes; the optimiser is Adam, at a rate that falls at the end.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("neural_transduction", task="reversal", structure="stack")
    >>> type(recipe.model()).__name__
    'MemoryTransducer'
    """

    epochs: PositiveInt = Field(60, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(10, description="sequences in an update")
    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of Adam")
    decay_epochs: NonNegativeInt = Field(
        20, description="last epochs, over which the learning rate falls to zero"
    )
    clipping: PositiveFloat = Field(1.0, description="norm that gradients are clipped to")

    task: Literal[*TASKS] = Field("copy", description="what is to be written")
    structure: Literal[*STRUCTURES, "lstm"] = Field(
        "queue", description="the memory; or none, the baseline"
    )
    symbols: PositiveInt = Field(128, description="how many symbols there are")
    min_length: PositiveInt = Field(8, description="symbols of the shortest source")
    max_length: PositiveInt = Field(64, description="of the longest one in training")
    train_examples: PositiveInt = Field(100_000, description="sequences to sample from")
    times: Integers = Field(
        (2, 4, 8), min_length=1, description="lengths of tests, in multiples of max_length"
    )
    test_sequences: int = Field(
        1000,
        gt=0,
        le=1000,
        description="sequences tested at 2 times, a quarter of them at 4 …",
    )

    structures: PositiveInt = Field(1, description="how many of them")
    controller_units: PositiveInt = Field(256, description="units of each LSTM")
    controller_layers: PositiveInt = Field(1, description="LSTMs, one above the other")
    embedding_units: PositiveInt = Field(64, description="width of a symbol's vector")
    memory_width: PositiveInt = Field(256, description="width of a stored value")

    fields_of_tests: ClassVar = ("times", "test_sequences")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.min_length > self.max_length:
            raise ValueError(
                f"Expected min_length of at most max_length={self.max_length}. Received: "
                f"{self.min_length}"
            )

    def examples(self, split: str) -> Arrays:
        lengths = self.min_length, self.max_length
        size = self.train_examples if split == "train" else 0
        return self._of_lengths(lengths, split, size)

    def _of_lengths(self, lengths, split, train_examples=0):
        config = transduction_config(self.task, lengths, self.symbols, train_examples)
        return load(Builder, config, split)

    @property
    def tests(self) -> dict[str, tuple[int, int]]:
        """The range of lengths of each test, by what is added to the metrics' names."""
        return {
            "" if n == 2 else f"_{n}_times": (self._longer(n / 2) + 1, self._longer(n))
            for n in self.times
        }

    def _longer(self, times):
        return int(times * self.max_length)

    def prepare(self) -> None:
        super().prepare()
        for lengths in self.tests.values():
            self._of_lengths(lengths, "test")

    def to_batch(self, examples: Arrays) -> Batch:
        source = tf.cast(examples["source"], tf.int32)
        target = tf.pad(tf.cast(examples["target"], tf.int32), [[0, 0], [0, 1]])
        is_end = tf.cast(target == END, tf.int32)
        is_after = tf.cumsum(is_end, axis=1, exclusive=True) > 0
        target = tf.where(is_after, PADDING, target)
        return {"source": source, "target": target}, target

    def model(self) -> keras.Model:
        model = MemoryTransducer(
            source_symbols=self.symbols,
            target_symbols=self.symbols,
            structure=self.structure,
            structures=self.structures,
            controller_units=self.controller_units,
            controller_layers=self.controller_layers,
            embedding_units=self.embedding_units,
            memory_width=self.memory_width,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=self.clipping),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def callbacks(self, history: History) -> Callbacks:
        """The learning rate, constant at first, then falling to zero."""
        return [falling_rate(self.learning_rate, self.epochs, self.decay_epochs)]

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Fractions of the sequences wholly right, of symbols before the first mistake.

        Of each test, when the model reads what it has written itself.
        """
        metrics = {}
        for times, (name, lengths) in zip(self.times, self.tests.items(), strict=True):
            count = max(1, self.test_sequences * 4 // max(2, times) ** 2)  # of equal cost
            examples = self._of_lengths(lengths, split)
            coarse, fine = self.scores(model, {k: v[:count] for k, v in examples.items()})
            metrics[f"coarse_{self.task}{name}"] = coarse
            metrics[f"fine_{self.task}{name}"] = fine
        return metrics

    def scores(self, model: keras.Model, examples: Arrays) -> tuple[float, float]:
        """`coarse` and `fine` of sources and their targets."""
        source, target = examples["source"], examples["target"]
        written = [
            keras.ops.convert_to_numpy(
                model.solve(source[start : start + BATCH], target.shape[1] + 1)
            )
            for start in range(0, len(source), BATCH)
        ]
        return coarse_and_fine(np.concatenate(written), target)

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-4, 5e-3, sampling="log"),
            "controller_units": hp.Choice("controller_units", [64, 128, 256, 512]),
            "memory_width": hp.Choice("memory_width", [32, 64, 128, 256]),
            "structures": hp.Choice("structures", [1, 2]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """The strengths of what is stored, over time, of the longest source of validation."""
        if self.structure == "lstm":
            return {}
        examples = self.examples("validation")
        longest = int((examples["source"] > 0).sum(axis=1).argmax())
        inputs, _ = self.to_batch({k: v[longest : longest + 1] for k, v in examples.items()})
        return {"strengths": figures.strengths(model.trace(inputs))}

    def answer(self, model: keras.Model, symbols: str) -> Answer:
        """Have the model rewrite the symbols that the user typed."""
        source = self._parse(symbols)
        written = keras.ops.convert_to_numpy(model.solve(source[None]))[0]
        target = TASKS[self.task](source)
        coarse, _ = coarse_and_fine(written[None], target[None])
        return {
            "written": " ".join(map(str, written[: np.argmin(written > 0) or len(written)])),
            "right": bool(coarse),
        }

    def _parse(self, text):
        numbers = text.replace(",", " ").split()
        known = {str(number) for number in range(1, self.symbols + 1)}
        if not numbers or set(numbers) - known:
            raise ValueError(
                f"Expected symbols, numbers from 1 to {self.symbols}, as in "
                f"{self.questions['symbols']!r}. Received: {text!r}"
            )
        return np.array(numbers, "int32")


def coarse_and_fine(written: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    """Fraction of the sequences wholly right, and of symbols before the first mistake.

    Args:
        written: Symbols from 1, and 0 after the end, `(sequences, steps)`, of more steps than
            targets have.
        target: The same, of targets.

    Returns:
        `(coarse, fine)`; the end counts as a symbol.
    """
    lengths = (target > 0).sum(axis=1) + 1
    target = np.pad(target, ((0, 0), (0, written.shape[1] - target.shape[1])))
    is_right = np.logical_and.accumulate(written == target, axis=1)
    is_counted = np.arange(written.shape[1]) < lengths[:, None]
    right = (is_right & is_counted).sum(axis=1)
    return float((right == lengths).mean()), float((right / lengths).mean())
