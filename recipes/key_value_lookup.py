"""Looking up: which value belongs to the key that is asked for?

A memory of key-value pairs and a query that is a key, turned and blurred. One attention reads
the value; all it has to learn is how queries and keys belong together:

    weights = selection(score(W query, keys))        answer = softmax(V Σ_i w_i value_i)

Every score goes with every selection. Soft weights hand the error to all keys at once; hard
ones only learn if their gradient is estimated, by straight-through or by REINFORCE.
"""

from typing import ClassVar, Literal

import keras
import tensorflow as tf
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from .. import layers
from ..layers.parts import SCORES
from .datasets import load
from .datasets.key_value_pairs.key_value_pairs_dataset_builder import (
    Builder,
    key_value_config,
)
from .recipe import Recipe, recipe_dataclass

SELECTIONS = {
    "softmax": lambda recipe: layers.Softmax(recipe.temperature),
    "top_k": lambda recipe: layers.TopKSoftmax(3, recipe.temperature),
    "sparsemax": lambda recipe: layers.Sparsemax(),
    "straight_through_gumbel": lambda recipe: layers.StraightThroughGumbel(
        recipe.temperature, seed=recipe.seed
    ),
    "sample": lambda recipe: layers.Sample(seed=recipe.seed),
    "argmax": lambda recipe: layers.ArgMax(),
}


@recipe_dataclass
class KeyValueLookup(Recipe):
    """Key-value attention, as in [Miller et al., 2016](https://arxiv.org/abs/1606.03126)."""

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="lookups in an update")
    learning_rate: PositiveFloat = Field(3e-3, allow_inf_nan=False, description="of Adam")

    distractors: PositiveInt = Field(7, description="pairs beside the wanted one")
    noise: NonNegativeFloat = Field(0.1, description="deviation of what blurs a query")
    dim: PositiveInt = Field(16, description="width of keys and queries")
    classes: PositiveInt = Field(10, description="how many values there are")

    score: Literal[*sorted(SCORES)] = Field("scaled_dot", description="of query and key")
    selection: Literal[*SELECTIONS] = Field("softmax", description="from scores to weights")
    temperature: PositiveFloat = Field(0.2, description="of the soft selections")

    data: ClassVar = f"key_value_pairs {Builder.VERSION} (generated)"
    study: ClassVar = {
        f"{score}, {selection}": [
            {"score": score, "selection": selection, "seed": seed} for seed in range(3)
        ]
        for score in sorted(SCORES)
        for selection in SELECTIONS
    }

    def examples(self, split):
        config = key_value_config(self.distractors, self.noise, self.dim, self.classes)
        return load(Builder, config, split)

    def lay_out(self, examples):
        inputs = {
            "query": examples["query"][:, None],
            "key": examples["keys"],
            "value": tf.one_hot(examples["values"], self.classes),
        }
        answer = examples["answer"]
        return inputs, {"answer": answer, "policy": answer} if self._sampled else answer

    @property
    def _sampled(self):
        return self.selection == "sample"

    def model(self):
        query = keras.Input((1, self.dim), name="query")
        key = keras.Input((None, self.dim), name="key")
        value = keras.Input((None, self.classes), name="value")
        turned = keras.layers.Dense(self.dim, use_bias=False, name="turn")(query)
        attention = layers.Attention(
            self.score, SELECTIONS[self.selection](self), name="attention"
        )
        read, weights = attention(turned, value, key, return_attention_scores=True)
        answer = keras.layers.Dense(self.classes, name="answer")(read[:, 0])
        outputs = answer
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        losses, metrics = loss, ["accuracy"]
        if self._sampled:
            policy = layers.Policy(name="policy")(answer, weights, query[:, 0])
            outputs = {"answer": answer, "policy": policy}
            losses = {"answer": loss, "policy": layers.ReinforceLoss(loss)}
            metrics = {"answer": metrics}
        model = keras.Model({"query": query, "key": key, "value": value}, outputs)
        model.compile(
            keras.optimizers.Adam(self.learning_rate),
            loss=losses,
            metrics=metrics,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model
