"""The adding problem: of a long row of numbers two are marked. What is their sum?

    step     1     2     3    …    T
    number   0.31  0.86  0.07 …    0.52
    mark     0     1     0    …    0

To say 1 always has a mean squared error of 1/6.
"""

from typing import Annotated, ClassVar

import numpy as np
import pydantic
import tensorflow as tf
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load
from ..datasets.adding_problem.adding_problem_dataset_builder import Builder, adding_config
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe, as_lengths, study_of

KE = "Ke et al. 2018, the adding task, from memory: an order of magnitude"
# Mean squared error by T, method, k_trunc and k_top.
PUBLISHED = {
    (200, "full_bptt"): 4.6e-6,
    (200, "self_attention"): 5.5e-8,
    (200, "truncated_bptt", 20): 1.1e-3,
    (200, "truncated_bptt", 50): 3e-4,
    (200, "sab", 5, 10): 4.3e-5,
    (200, "sab", 10, 10): 2e-6,
    (400, "full_bptt"): 1.6e-7,
    (400, "self_attention"): 5e-7,
    (400, "truncated_bptt", 100): 7e-4,
}
BUDGET = {"epochs": 12, "steps_per_epoch": 500}
Terms = Annotated[int, Field(ge=2)]  # a mark in each half


@recipe_dataclass
class SABAdding(LongSpanRecipe):
    """The adding task of [Ke et al., 2018](https://arxiv.org/abs/1809.03702)."""

    epochs: PositiveInt = Field(50, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(1000, description="updates in an epoch")
    batch_size: PositiveInt = Field(50, description="sequences in an update")

    terms: Terms = Field(200, description="T: numbers of a sequence, two of them marked")
    train_examples: PositiveInt = Field(50_000, description="sequences to draw from")
    length: Annotated[tuple[Terms, ...], pydantic.BeforeValidator(as_lengths)] = Field(
        (), description="T in tests; that of training if none is named"
    )

    k_top: NonNegativeInt = Field(10, description="past states retrieved at each step (SAB)")
    k_trunc: PositiveInt = Field(
        10, description="steps that gradients pass (SAB, truncated back-propagation)"
    )

    loss_label: ClassVar = "mean squared error"
    # Half an hour a run on one core at most; self-attention takes four minutes of a GPU.
    study: ClassVar = study_of(BUDGET, truncations=(20, 50), self_attention={"epochs": 6}) | {
        "SAB, 5 steps": [{"seed": 0, **BUDGET, "k_trunc": 5}]
    }
    data: ClassVar = f"adding_problem {Builder.VERSION} (generated)"

    @property
    def published(self):
        figure = PUBLISHED.get((self.terms, *self.variant))
        return {f"mean_squared_error_length_{self.terms}": (figure, KE)} if figure else {}

    @property
    def steps(self):
        return self.terms

    @property
    def lengths_in_tests(self):
        return self.length or (self.terms,)

    @property
    def fewest_steps(self):
        return min(self.terms, *self.lengths_in_tests)

    @property
    def network(self):
        return {"input_units": 2, "output_units": 1, "task": "regression"}

    def examples(self, split):
        size = self.train_examples if split == "train" else 0
        return load(Builder, adding_config(self.terms, size), split)

    def lay_out(self, examples):
        values = tf.cast(examples["values"], "float32")
        shape = tf.shape(values)
        marks = tf.reduce_sum(tf.one_hot(examples["marks"], shape[1]), axis=1)
        inputs = {
            "vectors": tf.stack([values, marks], axis=-1),
            "length": tf.fill(shape[:1], shape[1]),
        }
        return inputs, tf.cast(examples["sum"], "float32")[:, None]

    def evaluate(self, model, split="test"):
        """The mean squared error of the sum, for each number of terms."""
        return {
            f"mean_squared_error_length_{terms}": self._error(terms, model, split)
            for terms in self.lengths_in_tests
        }

    def _error(self, terms, model, split):
        inputs, sums = self.lay_out(load(Builder, adding_config(terms), split))
        batch = max(1, 50_000 // terms)  # bounds what is held at once
        said = model.predict(inputs, batch_size=batch, verbose=0)
        return float(np.mean(np.square(said - sums.numpy())))

    def written(self, inputs):
        return ["×" if mark else " " for mark in inputs["vectors"].numpy()[0, :, 1]]
