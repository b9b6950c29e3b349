"""Copy memory: ten symbols, a long blank, then the ten again. What bridges the blank?

    step      1 … 10    11 … T+9   T+10   T+11 … T+20
    input     symbols   0          9      0
    target    0         0          0      symbols

Trained with one blank, the network is tested with blanks that are up to fifty times as long.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import keras
import numpy as np
import tensorflow as tf
from pydantic import Field, PositiveFloat, PositiveInt

from ...layers import SeparateScore
from ...zoo import LastStepsAccuracy
from ..datasets import load
from ..datasets.copy_memory import LENGTH, SYMBOLS, Builder, copy_memory_config
from ..running.argument_types import Arrays, Batch, Callbacks, Fields, History, Metrics, Split
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe
from .sab_copy_study import STUDY

MARKER = SYMBOLS + 1


class Solved(keras.callbacks.Callback):
    """Stops after an epoch whose validation accuracy is high enough."""

    def __init__(self, accuracy: float) -> None:
        super().__init__()
        self.accuracy = accuracy

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if logs["val_accuracy"] >= self.accuracy:
            self.model.stop_training = True


@recipe_dataclass
class SABCopy(LongSpanRecipe):
    """The copy-memory task of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    640,000 sequences at most, as in the authors' program, of which each comes three times or
    four here; training stops sooner, once the task is solved.
    """

    epochs: PositiveInt = Field(40, description="how often validation takes place, at most")
    steps_per_epoch: PositiveInt = Field(250, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="sequences in an update")
    # The authors have 1e-3.
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of Adam")

    score: Literal["additive", "separate"] = Field(
        "additive",
        description="of state and microstate: both together, or (authors' program) each",
    )
    numbers: bool = Field(
        False, description="a symbol is (authors' program) a number, not a unit of its own"
    )

    blanks: PositiveInt = Field(100, description="T: steps from the symbols to the marker")
    train_examples: PositiveInt = Field(200_000, description="sequences to sample from")
    solved: float = Field(
        0.9995,
        gt=0,
        description="validation accuracy to stop at; above 1: never",
    )
    length: Integers = Field(
        (100, 200, 300, 400, 2000, 5000), min_length=1, description="T in tests"
    )
    test_sequences: int = Field(
        512,
        gt=0,
        le=1000,
        description="tested at each length; beyond 1,000 a tenth",
    )

    fields_of_tests: ClassVar = ("length", "test_sequences")
    study: ClassVar = STUDY

    @property
    def steps(self) -> int:
        return self.blanks + 2 * LENGTH

    @property
    def fewest_steps(self) -> int:
        return min(self.blanks, *self.length) + 2 * LENGTH

    @property
    def network(self) -> Fields:
        score = SeparateScore() if self.score == "separate" else self.score
        return {
            "input_units": 1 if self.numbers else MARKER + 1,
            "symbols": not self.numbers,
            "output_units": SYMBOLS + 1,
            "score": score,
        }

    @property
    def metrics(self) -> list[Any]:
        return [LastStepsAccuracy(LENGTH)]

    def callbacks(self, history: History) -> Callbacks:
        return [Solved(self.solved)]

    def examples(self, split: str) -> Arrays:
        config = copy_memory_config(self.train_examples if split == "train" else 0)
        return load(Builder, config, split)

    def to_batch(self, examples: Arrays) -> Batch:
        symbols = tf.cast(examples["symbols"], "int32")
        size = tf.shape(symbols)[0]
        blank = tf.zeros((size, self.blanks - 1), "int32")
        marker = tf.fill((size, 1), MARKER)
        answer = tf.zeros_like(symbols)
        sequence = tf.concat([symbols, blank, marker, answer], axis=1)
        inputs = {"length": tf.fill((size,), self.steps)}
        if self.numbers:
            inputs["vectors"] = tf.cast(sequence, "float32")[..., None]
        else:
            inputs["symbols"] = sequence
        before = tf.zeros((size, self.blanks + LENGTH), "int32")
        return inputs, tf.concat([before, symbols], axis=1)

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Of the last ten steps, accuracy and cross-entropy; and that of all steps."""
        metrics = {}
        for blanks in self.length:
            of_last, of_all, accuracy = self._at(blanks, model, split)
            metrics[f"accuracy_length_{blanks}"] = accuracy
            metrics[f"cross_entropy_last_ten_length_{blanks}"] = of_last
            metrics[f"cross_entropy_length_{blanks}"] = of_all
        return metrics

    def _at(self, blanks, model, split):
        recipe = self.replace(blanks=blanks, length=(blanks,))
        number = self.test_sequences if blanks <= 1000 else -(-self.test_sequences // 10)
        symbols = recipe.examples(split)["symbols"][:number]
        batch = max(1, min(len(symbols), 30_000 // blanks))  # bounds the memory in use
        of_last, of_all, is_right = [], [], []
        for start in range(0, len(symbols), batch):
            tensors = recipe.to_batch({"symbols": symbols[start : start + batch]})
            inputs, targets = keras.tree.map_structure(np.asarray, tensors)
            logits = model.predict_on_batch(inputs)
            errors = keras.losses.sparse_categorical_crossentropy(
                targets, keras.ops.cast(logits, "float32"), from_logits=True
            )
            errors = keras.ops.convert_to_numpy(errors)
            of_all += list(errors.mean(axis=1))
            of_last += list(errors[:, -LENGTH:].mean(axis=1))
            predicted = logits.argmax(axis=-1)[:, -LENGTH:]
            is_right += list((predicted == targets[:, -LENGTH:]).mean(axis=1))
        return tuple(float(np.mean(values)) for values in (of_last, of_all, is_right))

    def written(self, inputs: Arrays) -> list[str] | None:
        symbols = inputs["vectors"][..., 0] if self.numbers else inputs["symbols"]
        return [f"{s:g}" if s else " " for s in symbols.numpy()[0]]
