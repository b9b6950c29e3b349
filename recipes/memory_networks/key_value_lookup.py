"""Looking up: which value belongs to the key that is asked for?

A memory of key-value pairs and a query that is one of the keys, turned and blurred. All that
an attention has to learn is how queries and keys belong together:

    weights = selection(score(W query, keys))        answer = softmax(V Σ_i w_i value_i)

Every score goes with every selection. Soft weights hand the error to all keys at once; hard
ones learn only if their gradient is estimated, by straight-through or by REINFORCE.
"""

import itertools
from typing import ClassVar, Literal

import keras
import numpy as np
import tensorflow as tf
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from ... import layers
from ...zoo import KeyValueMemory, figures
from ..datasets import load
from ..datasets.key_value_pairs.key_value_pairs_dataset_builder import (
    Builder,
    key_value_config,
)
from ..running.recipe import Recipe, recipe_dataclass

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
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="lookups in an update")
    learning_rate: PositiveFloat = Field(3e-3, allow_inf_nan=False, description="of Adam")

    distractors: PositiveInt = Field(7, description="pairs beside the wanted one")
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

    chosen_by: ClassVar = "cross-entropy on the validation split"
    data: ClassVar = f"key_value_pairs {Builder.VERSION} (generated)"
    loss_label: ClassVar = "cross-entropy; of REINFORCE, with its baseline's error"
    targets: ClassVar = {"accuracy_n_8": ("≥", 0.99)}
    study: ClassVar = {
        selection: [
            {"selection": selection, "score": score, "seed": seed}
            for score in sorted(SCORES)
            for seed in range(3)
        ]
        for selection in SELECTIONS
    }

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
            selection=SELECTIONS[self.selection](self),
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate),
            **model.losses_and_metrics(),
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

    def rank(self, run):
        """The answer's cross-entropy, without what REINFORCE adds for its policy."""
        return min(self._of_answer(row, "loss") for row in run.history)

    def _of_answer(self, row, metric):
        """A validation metric of the answer, whatever else the model has for outputs."""
        return row.get(f"val_answer_{metric}", row.get(f"val_{metric}"))

    def study_rows(self, runs):
        """A row for each score: its seeds side by side."""
        by_score = itertools.groupby(runs, key=lambda run: run.recipe.score)
        return [self._row(score, list(group)) for score, group in by_score]

    def _row(self, score, runs):
        accuracy = f"accuracy_n_{self.distractors + 1}"
        seeds = ", ".join(str(run.recipe.seed) for run in runs)
        return {
            "score": score,
            f"accuracy, seeds {seeds}": ", ".join(
                f"{run.metrics[accuracy]:.3f}" for run in runs
            ),
            "updates until 0.99 (validation)": ", ".join(
                str(self._updates_until(0.99, run)) for run in runs
            ),
        }

    def _updates_until(self, accuracy, run):
        for row in run.history:
            if self._of_answer(row, "accuracy") >= accuracy:
                return (row["epoch"] + 1) * self.steps_per_epoch
        return "never"

    def study_text(self, rows):
        return (
            f"Test accuracy with {self.distractors + 1} pairs, at the best epoch, by "
            f"validation, of {self.epochs * self.steps_per_epoch:,} updates."
        )

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
