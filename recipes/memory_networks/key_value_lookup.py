"""Key-value lookup: the value whose key is the query.

A memory of key-value pairs and a query that is one of the keys, turned and blurred. All that
an attention has to learn is how queries and keys belong together:

    weights = selection(score(W query, keys))        answer = softmax(V Σ_i w_i value_i)

Every score goes with every selection. Soft weights hand the error to all keys at once; hard
ones learn only if their gradient is estimated, by straight-through or by REINFORCE.
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from ... import layers
from ...zoo import KeyValueMemory, figures
from ..datasets import load
from ..datasets.key_value_pairs import Builder, key_value_config
from ..running.argument_types import (
    Arrays,
    Batch,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .key_value_lookup_study import lookup_study

SCORES = ("additive", "bilinear", "cosine", "dot", "scaled_dot")
SELECTIONS = {
    "argmax": lambda recipe: layers.ArgMax(),
    "sample": lambda recipe: layers.Sample(recipe.seed),
    "softmax": lambda recipe: layers.Softmax(recipe.temperature),
    "sparsemax": lambda recipe: layers.Sparsemax(),
    "straight_through_gumbel": lambda recipe: layers.StraightThroughGumbel(
        recipe.temperature, recipe.seed
    ),
    "top_3": lambda recipe: layers.TopKSoftmax(3, recipe.temperature),
}


@recipe_dataclass
class KeyValueLookup(Recipe):
    """One read of the memory of [Miller et al., 2016](https://arxiv.org/abs/1606.03126).

    The task is ours: the smallest on which scores and selections differ.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("key_value_lookup", score="additive", selection="sparsemax")
    >>> recipe.model().output_shape  # the values
    (None, 10)
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="lookups in an update")
    learning_rate: PositiveFloat = Field(3e-3, allow_inf_nan=False, description="of Adam")

    distractors: PositiveInt = Field(7, description="pairs beside that of the query")
    noise: NonNegativeFloat = Field(0.1, description="deviation of what blurs a query")
    dim: PositiveInt = Field(32, description="width of keys and queries")
    classes: PositiveInt = Field(10, description="how many values there are")

    score: Literal[*sorted(SCORES)] = Field("scaled_dot", description="of query and key")
    selection: Literal[*sorted(SELECTIONS)] = Field(
        "softmax", description="from scores to weights"
    )
    temperature: PositiveFloat = Field(
        0.2, description="of soft-max, of three or all, and straight-through"
    )

    study: ClassVar = lookup_study(SCORES, SELECTIONS)

    def examples(self, split: str) -> Arrays:
        config = key_value_config(self.distractors, self.noise, self.dim, self.classes)
        return load(Builder, config, split)

    @property
    def _pairs_in_tests(self):
        return self.distractors + 1, 4 * (self.distractors + 1)

    def prepare(self) -> None:
        super().prepare()
        for pairs in self._pairs_in_tests:
            self.replace(distractors=pairs - 1).examples("test")

    def to_batch(self, examples: Arrays) -> Batch:
        inputs = {
            "query": tf.convert_to_tensor(examples["query"]),
            "key": tf.convert_to_tensor(examples["keys"]),
            "value": tf.one_hot(examples["values"], self.classes),
        }
        answer = examples["answer"]
        is_sampled = self.selection == "sample"
        return inputs, {"answer": answer, "policy": answer} if is_sampled else answer

    def model(self) -> keras.Model:
        model = KeyValueMemory(
            dim=self.dim,
            classes=self.classes,
            score=self.score,
            selection=SELECTIONS[self.selection](self),
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate),
            **model.losses_and_metrics(),
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Accuracy with as many pairs as in training, and with four times as many."""
        metrics = {}
        for pairs in self._pairs_in_tests:
            examples = self.replace(distractors=pairs - 1).examples(split)
            inputs, _ = self.to_batch(examples)
            predicted = np.asarray(model.logits(inputs)).argmax(axis=-1)
            metrics[f"accuracy_n_{pairs}"] = float((predicted == examples["answer"]).mean())
        return metrics

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log"),
            "temperature": hp.Float("temperature", 0.05, 1.0, sampling="log"),
            "score": hp.Choice("score", sorted(SCORES)),
        }

    def figures(self, model: keras.Model) -> Figures:
        """What sixteen queries of the test split attend to."""
        examples = {name: array[:16] for name, array in self.examples("test").items()}
        inputs, _ = self.to_batch(examples)
        weights = model.trace(inputs)["weights"]
        return {"attention_map": figures.attention_map(weights, "pair", "query")}
