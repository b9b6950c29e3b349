"""Marked items: to which class does the one with the mark belong?

A set of items is read, each a class in one-hot form and a channel that is 1 for one of them.

    class   0 1 0 0   1 0 0 0   0 0 0 1
    mark          0         1         0      target: class 0
"""

# To copy to recipes/<wing>/<name>.py. CONTRIBUTING.md says what else a recipe needs.

from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import SetClassifier
from ..running.argument_types import Arrays, Batch, Fields, HyperParameters, Metrics, Split
from ..running.recipe import Recipe, recipe_dataclass
from ..running.study import Study

SPLITS = "train", "validation", "test"


@recipe_dataclass
class MarkedItem(Recipe):
    """Section and title of the paper whose experiment this is.

    Defaults are the paper's; say here which are not, and why.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("marked_item", items=7)
    >>> recipe.model().output_shape  # the classes
    (None, 4)
    """

    epochs: PositiveInt = Field(5, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="sets in an update")
    learning_rate: PositiveFloat = Field(3e-3, allow_inf_nan=False, description="of Adam")

    items: PositiveInt = Field(5, description="items of a set")
    classes: PositiveInt = Field(4, description="how many classes there are")
    train_examples: PositiveInt = Field(2000, description="sets to sample from")

    # What the model card is made of; where it has functions, in `<name>_study.py`.
    study: ClassVar = Study(
        data="marked items (generated)",
        parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
        targets={"accuracy": ("≥", 0.95)},
        loss_label="cross-entropy",
    )

    def examples(self, split: str) -> Arrays:
        size = self.train_examples if split == "train" else 500
        rng = np.random.default_rng((self.items, self.classes, SPLITS.index(split)))
        classes = rng.integers(0, self.classes, (size, self.items))
        marked = rng.integers(0, self.items, size)
        items = np.eye(self.classes, dtype="float32")[classes]
        marks = np.eye(self.items, dtype="float32")[marked][..., None]
        return {
            "items": np.concatenate([items, marks], axis=-1),
            "label": classes[np.arange(size), marked],
        }

    def to_batch(self, examples: Arrays) -> Batch:
        items = tf.convert_to_tensor(examples["items"])
        length = tf.fill(tf.shape(items)[:1], tf.shape(items)[1])
        return {"items": items, "length": length}, examples["label"]

    def model(self) -> keras.Model:
        model = SetClassifier(self.classes + 1, classes=self.classes, num_heads=2, key_dim=8)
        model.compile(
            keras.optimizers.Adam(self.learning_rate),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """How many marked items get the right class."""
        examples = self.examples(split)
        inputs, targets = self.to_batch(examples)
        logits = model.predict(inputs, batch_size=self.evaluation_batch_size, verbose=0)
        return {"accuracy": float(np.mean(np.argmax(logits, axis=-1) == targets))}

    def search_space(self, hp: HyperParameters) -> Fields:
        return {"learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log")}
