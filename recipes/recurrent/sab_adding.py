"""The adding problem: of a long row of numbers two are marked. What is their sum?

    step     1     2     3    …    T
    number   0.31  0.86  0.07 …    0.52
    mark     0     1     0    …    0

Always to predict 1 has a mean squared error of 1/6.
"""

from typing import Annotated, ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load
from ..datasets.adding_problem import Builder, adding_config
from ..running.argument_types import Arrays, Batch, Fields, Metrics, Split
from ..running.fields import COMMA_LIST
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe
from .sab_adding_study import STUDY

Terms = Annotated[int, Field(ge=2)]  # a mark in each half


@recipe_dataclass
class SABAdding(LongSpanRecipe):
    """The adding task of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_adding", terms=400, units=32)
    >>> recipe.model().output_shape  # the sum of two of the terms
    (None, 1)
    """

    epochs: PositiveInt = Field(50, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1000, description="updates in an epoch")
    batch_size: PositiveInt = Field(50, description="sequences in an update")

    terms: Terms = Field(200, description="T: numbers of a sequence, two of them marked")
    train_examples: PositiveInt = Field(50_000, description="sequences to sample from")
    length: Annotated[tuple[Terms, ...], COMMA_LIST] = Field(
        (), description="T in tests; that of training if none is named"
    )

    k_top: NonNegativeInt = Field(10, description="past states retrieved at each step (SAB)")
    k_trunc: PositiveInt = Field(
        10, description="steps that gradients pass (SAB, truncated back-propagation)"
    )

    fields_of_tests: ClassVar = ("length",)
    study: ClassVar = STUDY

    @property
    def steps(self) -> int:
        return self.terms

    @property
    def lengths_in_tests(self) -> tuple[int, ...]:
        return self.length or (self.terms,)

    @property
    def fewest_steps(self) -> int:
        return min(self.terms, *self.lengths_in_tests)

    @property
    def network(self) -> Fields:
        return {"input_units": 2, "output_units": 1, "task": "regression"}

    def examples(self, split: str) -> Arrays:
        size = self.train_examples if split == "train" else 0
        return load(Builder, adding_config(self.terms, size), split)

    def prepare(self) -> None:
        super().prepare()
        for terms in self.lengths_in_tests:
            load(Builder, adding_config(terms), "test")

    def to_batch(self, examples: Arrays) -> Batch:
        values = tf.cast(examples["values"], "float32")
        shape = tf.shape(values)
        marks = tf.reduce_sum(tf.one_hot(examples["marks"], shape[1]), axis=1)
        inputs = {
            "vectors": tf.stack([values, marks], axis=-1),
            "length": tf.fill(shape[:1], shape[1]),
        }
        return inputs, tf.cast(examples["sum"], "float32")[:, None]

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The mean squared error of the sum, for each number of terms."""
        return {
            f"mean_squared_error_length_{terms}": self.error(
                model, load(Builder, adding_config(terms), split)
            )
            for terms in self.lengths_in_tests
        }

    def error(self, model: keras.Model, examples: Arrays) -> float:
        """The mean squared error of these examples."""
        inputs, sums = self.to_batch(examples)
        batch = max(1, 50_000 // examples["values"].shape[1])  # bounds the memory in use
        predicted = model.predict(inputs, batch_size=batch, verbose=0)
        return float(np.mean(np.square(predicted - sums.numpy())))

    def written(self, inputs: Arrays) -> list[str] | None:
        return ["×" if mark else " " for mark in inputs["vectors"].numpy()[0, :, 1]]
