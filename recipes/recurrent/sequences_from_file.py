"""Your own sequences of numbers: a class, or a number, is predicted of each.

step        1     2     3    …    T
feature     0.31  0.86  0.07 …    0.52      target    a class's name, or a number
"""

import array
import functools
import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ..datasets.sequence_files import Sequence, read_sequences
from ..datasets.stored_rows import RowsByNumber, filled, moments, parts
from ..running.argument_types import Answer, Arrays, Batch, Fields, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.own_files import SPLITS, OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import as_typed, quoted
from ..running.typed_rows import typed_rows
from .family import LongSpanRecipe
from .family_study import long_span_study

UNKNOWN = -1  # a class that training lacks
NUMBERS_AT_ONCE = 50_000  # steps that are evaluated: bounds the memory in use


@recipe_dataclass
class SequencesFromFile(LongSpanRecipe, OwnFiles):
    """Sequences out of a file, for `zoo.SparseAttentiveRNN`.

    Each feature is standardised by the mean and the variance of the training sequences, in
    the model; so is a number that is predicted.

    Example:

    >>> from keras_memory import recipes
    >>> x = np.random.default_rng(0).normal(size=(60, 8))
    >>> np.savez("beats.npz", x=x, y=np.where(x[:, 0] > 0, "high", "low"))
    >>> recipe = recipes.get("sequences_from_file", path="beats.npz", units=8)
    >>> recipe.labels
    ['high', 'low']
    """

    epochs: PositiveInt = Field(10, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="sequences in an update")

    units: PositiveInt = Field(64, description="of the cell")
    task: Literal["", "classification", "regression"] = Field(
        "", description="by the targets if empty: a number, if some are not whole"
    )

    contents: ClassVar = "sequences"
    study: ClassVar = long_span_study(data=file_name)

    def read(self, path: str) -> Iterator[Sequence]:
        return read_sequences(path)

    @functools.cached_property
    def task_of_targets(self) -> str:
        """What is predicted, `"classification"` or `"regression"`."""
        if self.task:
            return self.task
        are_whole = True
        for _, target in self.own["train"]:
            number = _number(target)
            if number is None:
                return "classification"
            are_whole = are_whole and number.is_integer()
        return "classification" if are_whole else "regression"

    @property
    def is_class(self) -> bool:
        return self.task_of_targets == "classification"

    @functools.cached_property
    def labels(self) -> list[str] | None:
        """The classes of the training sequences, sorted: `None` where there are none."""
        if not self.is_class:
            return None
        names = {_name(target) for _, target in self.own["train"]}
        return sorted(names, key=lambda name: (_number(name) is None, _number(name), name))

    @functools.cached_property
    def _counted(self):
        """Of each split how many steps its sequences have, and their targets, in arrays; and
        features of a step.

        Raises:
            ValueError: Sequences differ in their features, or a target does not fit.
        """
        numbers = {label: number for number, label in enumerate(self.labels or ())}
        counted, features = {}, set()
        for split in SPLITS:
            length, found = array.array("q"), array.array("d")
            for steps, target in self.own[split]:
                features.add(steps.shape[1])
                length.append(len(steps))
                # A class that training lacks has no loss; `evaluate` counts it as wrong.
                found.append(
                    numbers.get(_name(target), UNKNOWN)
                    if self.is_class
                    else self._checked_number(target)
                )
            counted[split] = np.array(length, "int32"), np.array(found)
        if len(features) > 1:
            raise ValueError(
                f"{self.path}: Expected as many features in all sequences. Received: "
                f"{sorted(features)}"
            )
        return counted, features.pop()

    @property
    def _sizes(self):
        """Steps of the longest sequence, and features of a step."""
        counted, features = self._counted
        return max(int(length.max()) for length, _ in counted.values()), features

    @property
    def steps(self) -> int:
        return max(self._sizes[0], self.k_att)

    @property
    def fewest_steps(self) -> int:
        """Shorter sequences are padded to as many."""
        return self.k_att

    @functools.cached_property
    def _moments(self):
        """Means and variances of the features, and of the targets if these are numbers."""
        mean, variance = moments(
            np.concatenate([steps for steps, _ in part]) for part in parts(self.own["train"])
        )
        targets = [0.0] if self.is_class else self.records("train")["target"]
        return mean, np.where(variance > 0, variance, 1.0), np.mean(targets), np.var(targets)

    @property
    def network(self) -> Fields:
        mean, variance, target_mean, target_variance = self._moments
        first = keras.layers.Normalization(mean=mean.tolist(), variance=variance.tolist())
        network = {"input_units": len(mean), "task": self.task_of_targets, "first": first}
        if self.is_class:
            return {**network, "output_units": len(self.labels), "labels": self.labels}
        scale = math.sqrt(target_variance)
        last = keras.layers.Rescaling(scale, float(target_mean), name="target")
        return {**network, "output_units": 1, "last": last}

    @property
    def metrics(self) -> list[Any]:
        return ["accuracy"] if self.is_class else []

    def stored(self, split: str) -> RowsByNumber:
        """Sequences `vectors`, which stay on disk, their `length` and their `target`."""
        (length, target), size = self._counted[0][split], (self.steps, self._sizes[1])
        is_known = target != UNKNOWN if self.is_class else np.isfinite(target)
        columns = {
            "vectors": (lambda row: filled(row[0], size), "float32", *size),
            "length": length[is_known],
            "target": target[is_known].astype("int32" if self.is_class else "float64"),
        }
        return RowsByNumber(self.own[split].chosen(is_known), columns)

    def _checked_number(self, target):
        number = _number(target)
        if number is None:
            raise ValueError(
                f"{self.path}: Expected numbers for targets of regression. Received: "
                f"{target!r}"
            )
        return number

    def to_batch(self, examples: Arrays) -> Batch:
        inputs = {name: examples[name] for name in ("vectors", "length")}
        if self.is_class:
            return inputs, examples["target"]
        target = tf.cast(examples["target"], "float32")[:, None]
        # So the loss is that of a target with a variance of 1.
        return inputs, target, tf.ones_like(target[:, 0]) / self._moments[3]

    def found(self) -> str:
        for split in SPLITS:
            if not len(self.records(split)):
                raise ValueError(
                    f"{self.path}: Expected sequences of the training classes for {split}. "
                    "Received: none"
                )
        fits = len(self.labels) > 1 if self.is_class else self._moments[3] > 0
        if not fits:
            raise ValueError(
                f"{self.path}: Expected targets that differ. Received: "
                f"{self.own['train'][0][1]!r} alone"
            )
        targets = "numbers"
        if self.is_class:
            targets = f"{len(self.labels)} classes: {', '.join(map(repr, self.labels)):.90}"
        steps, features = self._sizes
        return f"up to {steps} steps of {features} features; targets are {targets}"

    def sample(self) -> str:
        """A sequence, and its target."""
        steps, target = self.own["train"][0]
        return f"{as_typed(steps)} → {quoted(_name(target))}"

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of right classes; or the mean squared error, and R² = 1 - MSE / σ²."""
        records, batch = self.records(split), max(1, NUMBERS_AT_ONCE // self.steps)
        target, predicted = records["target"], []
        for start in range(0, len(records), batch):
            inputs, *_ = self.to_batch(records[start : start + batch])
            predicted.append(model.predict_on_batch(inputs))
        predicted = np.concatenate(predicted)
        if self.is_class:
            right = np.sum(predicted.argmax(axis=-1) == target)
            return {"accuracy": float(right / len(self.own[split]))}
        error = float(np.mean(np.square(predicted[:, 0] - target)))
        variance = float(np.var(target))
        metrics = {"mean_squared_error": error}
        return {**metrics, "r_squared": 1 - error / variance} if variance else metrics

    def answer(self, model: keras.Model, sequence: str) -> Answer:
        """What is predicted of steps with blanks between, their features with commas."""
        features, example = model.arguments["input_units"], self.questions["sequence"]
        steps = typed_rows(f"steps of {features} numbers", sequence, example, features)
        if not len(steps):
            raise ValueError(f"Expected steps, as {example!r}. Received: none")
        vectors = np.zeros(
            (1, max(len(steps), model.arguments["k_att"]), features), "float32"
        )
        vectors[0, : len(steps)] = steps
        inputs = {"vectors": vectors, "length": np.array([len(steps)], "int32")}
        if not model.arguments["labels"]:
            return {"number": float(f"{model.predict_on_batch(inputs)[0, 0]:.6g}")}
        found = model.classify(inputs)
        return {
            "label": np.asarray(found["label"])[0].decode(),
            "probability": round(float(found["probability"][0]), 6),
        }


def _number(target):
    """A target as a number, or `None`."""
    try:
        number = float(target)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _name(target):
    """A class's name: of a whole number, without a point."""
    number = _number(target)
    return f"{number:.0f}" if number is not None and number.is_integer() else str(target)
