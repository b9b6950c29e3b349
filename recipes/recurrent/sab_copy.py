"""Copy memory: ten symbols, a long blank, then the ten again. What bridges the blank?

    step      1 … 10    11 … T+9   T+10   T+11 … T+20
    input     symbols   0          9      0
    target    0         0          0      symbols

It is tested with blanks that are up to fifty times as long as those of training. Those have
one T, as in the paper, or one that is sampled for each sequence. With one T, the same steps
of every answer are stored, and later ones come to rely on these.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import keras
import numpy as np
import pydantic
from pydantic import Field, PositiveFloat, PositiveInt

from ...layers import SeparateScore
from ...zoo import LastStepsAccuracy
from ..datasets import load
from ..datasets.copy_memory import LENGTH, SYMBOLS, Builder, copy_memory_config
from ..running.argument_types import Arrays, Batch, Callbacks, Fields, History, Metrics, Split
from ..running.batches import even_batch_size
from ..running.fields import Integers
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe
from .sab_copy_beyond import BLANKS
from .sab_copy_study import STUDY

MARKER = SYMBOLS + 1
SEED = 2018_0910  # of the lengths of blanks, with the split


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

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_copy", blanks=50, k_top=10, units=32)
    >>> recipe.model().output_shape  # a logit for each symbol
    (None, None, 9)
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
    shortest_blanks: PositiveInt | None = Field(
        None,
        description="training samples T from here to `blanks`; T is `blanks` if absent",
    )
    train_examples: PositiveInt = Field(200_000, description="sequences to sample from")
    solved: float = Field(
        0.9995,
        gt=0,
        description="validation accuracy to stop at; above 1: never",
    )
    length: Integers = Field(BLANKS, min_length=1, description="T in tests")
    test_sequences: int = Field(
        512,
        gt=0,
        le=1000,
        description="tested at each length; beyond 1,000 a tenth",
    )

    fields_of_tests: ClassVar = ("length", "test_sequences")
    study: ClassVar = STUDY

    @pydantic.model_validator(mode="after")
    def _check_that_none_is_shorter_than_the_shortest(self):
        if (self.shortest_blanks or 1) > self.blanks:
            raise ValueError(
                f"Expected shortest_blanks of at most blanks, {self.blanks}. Received: "
                f"{self.shortest_blanks}"
            )
        return self

    def defaults(self) -> Fields:
        return {"shortest_blanks": self.blanks}

    @property
    def steps(self) -> int:
        return self.blanks + 2 * LENGTH

    @property
    def fewest_steps(self) -> int:
        return min(self.shortest_blanks or self.blanks, *self.length) + 2 * LENGTH

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
        """Symbols, and the T of each sequence, which is the same in every pass and run."""
        config = copy_memory_config(self.train_examples if split == "train" else 0)
        symbols = load(Builder, config, split)["symbols"]
        random = np.random.default_rng((SEED, len(split)))
        range_of_blanks = self.shortest_blanks, self.blanks + 1
        blanks = random.integers(*range_of_blanks, len(symbols), dtype=np.int32)
        return {"symbols": symbols, "blanks": blanks}

    def to_batch(self, examples: Arrays) -> Batch:
        """Sequences as long as the longest, `blanks`, for which alone XLA compiles."""
        symbols = tf.cast(examples["symbols"], "int32")
        marker = LENGTH + tf.cast(examples["blanks"], "int32")[:, None] - 1
        step = tf.range(self.steps)[None]
        after = tf.zeros((tf.shape(symbols)[0], self.steps - LENGTH), "int32")
        sequence = tf.where(step == marker, MARKER, tf.concat([symbols, after], axis=1))
        number = step - marker - 1  # of the symbol to repeat
        answer = tf.gather(symbols, tf.clip_by_value(number, 0, LENGTH - 1), batch_dims=1)
        is_answer = (number >= 0) & (number < LENGTH)
        inputs = {"length": marker[:, 0] + 1 + LENGTH}
        if self.numbers:
            inputs["vectors"] = tf.cast(sequence, "float32")[..., None]
        else:
            inputs["symbols"] = sequence
        is_step = tf.cast(step < inputs["length"][:, None], "float32")
        return inputs, tf.where(is_answer, answer, 0), is_step

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Of the last ten steps, accuracy and cross-entropy; and that of all steps."""
        metrics = {}
        for blanks in self.length:
            symbols = self.examples(split)["symbols"][: self.sequences_at(blanks)]
            of_last, of_all, is_right = self.answers(blanks, model, symbols)
            metrics[f"accuracy_length_{blanks}"] = float(np.mean(is_right.mean(axis=1)))
            metrics[f"cross_entropy_last_ten_length_{blanks}"] = float(np.mean(of_last))
            metrics[f"cross_entropy_length_{blanks}"] = float(np.mean(of_all))
        return metrics

    def sequences_at(self, blanks: int) -> int:
        """How many are tested."""
        return self.test_sequences if blanks <= 1000 else -(-self.test_sequences // 10)

    def answers(
        self, blanks: int, model: keras.Model, symbols: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each sequence, the cross-entropy of the last ten steps, and of all, and which of
        the last ten are right.
        """
        recipe = self.replace(blanks=blanks, shortest_blanks=blanks, length=(blanks,))
        largest = max(1, 30_000 // blanks)  # bounds the memory in use
        batch = even_batch_size(len(symbols), largest)
        of_last, of_all, is_right = [], [], []
        for start in range(0, len(symbols), batch):
            part = symbols[start : start + batch]
            examples = {"symbols": part, "blanks": np.full(len(part), blanks, "int32")}
            tensors = recipe.to_batch(examples)
            inputs, targets, _ = keras.tree.map_structure(np.asarray, tensors)
            logits = model.predict_on_batch(inputs)
            errors = keras.losses.sparse_categorical_crossentropy(
                targets, keras.ops.cast(logits, "float32"), from_logits=True
            )
            errors = keras.ops.convert_to_numpy(errors)
            of_all += list(errors.mean(axis=1))
            of_last += list(errors[:, -LENGTH:].mean(axis=1))
            predicted = logits.argmax(axis=-1)[:, -LENGTH:]
            is_right += list(predicted == targets[:, -LENGTH:])
        return np.array(of_last), np.array(of_all), np.array(is_right)

    def illustration(self) -> Arrays:
        """The first test sequence that has no padding."""
        examples = self.examples("test")
        first = int(np.argmax(examples["blanks"]))
        return {name: array[first : first + 1] for name, array in examples.items()}

    def written(self, inputs: Arrays) -> list[str] | None:
        symbols = inputs["vectors"][..., 0] if self.numbers else inputs["symbols"]
        return [f"{s:g}" if s else " " for s in symbols.numpy()[0]]
