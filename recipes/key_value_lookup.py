"""Looking up: which value belongs to the key that is asked for?

A memory of key-value pairs and a query that is one of the keys, turned and blurred. All that
an attention has to learn is how queries and keys belong together:

    weights = selection(score(W query, keys))        answer = softmax(V Σ_i w_i value_i)

Every score goes with every selection. Soft weights hand the error to all keys at once; hard
ones learn only if their gradient is estimated, by straight-through or by REINFORCE.
"""

from typing import ClassVar, Literal

import keras
import numpy as np
import tensorflow as tf
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from ..layers.parts import SCORES
from ..zoo import KeyValueMemory, figures
from ..zoo.key_value_memory import SELECTIONS
from .datasets import load
from .datasets.key_value_pairs.key_value_pairs_dataset_builder import (
    Builder,
    key_value_config,
)
from .recipe import Recipe, recipe_dataclass


@recipe_dataclass
class KeyValueLookup(Recipe):
    """One read of the memory of [Miller et al., 2016](https://arxiv.org/abs/1606.03126).

    The task is ours: the smallest on which scores and selections differ.
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="lookups in an update")
    learning_rate: PositiveFloat = Field(3e-3, allow_inf_nan=False, description="of Adam")

    distractors: PositiveInt = Field(7, description="pairs beside the wanted one")
    noise: NonNegativeFloat = Field(0.1, description="deviation of what blurs a query")
    dim: PositiveInt = Field(16, description="width of keys and queries")
    classes: PositiveInt = Field(10, description="how many values there are")

    score: Literal[*sorted(SCORES)] = Field("scaled_dot", description="of query and key")
    selection: Literal[*sorted(SELECTIONS)] = Field(
        "softmax", description="from scores to weights"
    )
    temperature: PositiveFloat = Field(0.2, description="of soft-max and straight-through")

    data: ClassVar = f"key_value_pairs {Builder.VERSION} (generated)"
    targets: ClassVar = {"accuracy_n_8": ("≥", 0.99)}

    def examples(self, split):
        config = key_value_config(self.distractors, self.noise, self.dim, self.classes)
        return load(Builder, config, split)

    def lay_out(self, examples):
        inputs = {
            "query": tf.convert_to_tensor(examples["query"]),
            "key": tf.convert_to_tensor(examples["keys"]),
            "value": tf.one_hot(examples["values"], self.classes),
        }
        answer = examples["answer"]
        sampled = self.selection == "sample"
        return inputs, {"answer": answer, "policy": answer} if sampled else answer

    def model(self):
        model = KeyValueMemory(
            dim=self.dim,
            classes=self.classes,
            score=self.score,
            selection=self.selection,
            temperature=self.temperature,
            seed=self.seed,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate),
            loss=model.loss,
            metrics={"answer": ["accuracy"]} if self.selection == "sample" else ["accuracy"],
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model, split="test"):
        """Accuracy with as many pairs as in training, and with four times as many."""
        metrics = {}
        for pairs in (self.distractors + 1, 4 * (self.distractors + 1)):
            examples = self.replace(distractors=pairs - 1).examples(split)
            inputs, _ = self.lay_out(examples)
            said = np.asarray(model.logits(inputs)).argmax(axis=-1)
            metrics[f"accuracy_n_{pairs}"] = float((said == examples["answer"]).mean())
        return metrics

    def search_space(self, hp):
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log"),
            "temperature": hp.Float("temperature", 0.05, 1.0, sampling="log"),
            "score": hp.Choice("score", sorted(SCORES)),
        }

    def figures(self, model):
        """Where sixteen queries of the test split look."""
        examples = {name: array[:16] for name, array in self.examples("test").items()}
        inputs, _ = self.lay_out(examples)
        weights = model.trace(inputs)["weights"]
        return {"attention_map": figures.attention_map(weights, "pair", "query")}
