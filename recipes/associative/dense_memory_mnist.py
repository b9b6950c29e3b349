"""Digits classified by learned memories of pixels and classes."""

from typing import ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import DenseMemoryClassifier, figures
from ..datasets import load_public
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
from ..running.study import UNCHECKED, Study
from .digits_beyond import classified

SIDE, CLASSES = 28, 10
# The last 10,000 of the training digits are for validation.
SPLITS = {"train": "train[:50000]", "validation": "train[50000:]", "test": "test"}


@recipe_dataclass
class DenseMemoryMNIST(Recipe):
    """Section 4 of [Krotov & Hopfield, 2016](https://arxiv.org/abs/1606.01164).

    Theirs has 2,000 memories in [-1, 1], an error of an even power, and gradient descent
    with momentum for up to 3,000 passes; ours fewer memories, which are free, the
    log-likelihood of the class units, and Adam.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("dense_memory_mnist", memories=100, power=4)
    >>> recipe.model().output_shape  # the classes
    (None, 10)
    """

    epochs: PositiveInt = Field(25, description="passes over the training digits")
    steps_per_epoch: PositiveInt = Field(500, description="updates in an epoch")
    batch_size: PositiveInt = Field(100, description="digits in an update")
    learning_rate: PositiveFloat = Field(
        5e-4, allow_inf_nan=False, description="of Adam, which falls to 0 as a cosine"
    )
    memories: PositiveInt = Field(400, description="that are learned")
    power: PositiveInt = Field(3, description="n of F(m) = max(m, 0)^n")

    # Errors go on falling when the loss, of the few that are wrong, rises again.
    monitor: ClassVar = None
    layouts: ClassVar = DenseMemoryClassifier.layouts
    study: ClassVar = Study(
        data="mnist 3.0.1 (TFDS)",
        parts={"One seed": [{"seed": 0}]},
        published={"error_percent": ("about 1.4 to 1.6", "Krotov & Hopfield, section 4")},
        note=UNCHECKED,
        targets={"error_percent": ("≤", 2.5)},
        chosen_by="errors on the validation split, after the last epoch",
        loss_label="cross-entropy of class units",
        rank=lambda recipe, run: -run.history[-1]["val_accuracy"],
        beyond=classified,
    )

    def examples(self, split: str) -> Arrays:
        digits = load_public("mnist", SPLITS[split])
        return {"image": digits["image"], "label": digits["label"]}

    def to_batch(self, examples: Arrays) -> Batch:
        pixels = tf.cast(tf.reshape(examples["image"], (-1, SIDE**2)), tf.float32)
        return pixels / 127.5 - 1, tf.one_hot(examples["label"], CLASSES)

    def model(self) -> keras.Model:
        model = DenseMemoryClassifier(SIDE**2, CLASSES, self.memories, self.power)
        rate = keras.optimizers.schedules.CosineDecay(
            self.learning_rate, self.epochs * self.steps_per_epoch
        )
        model.compile(
            keras.optimizers.Adam(rate),
            loss=model.loss_of_units(),
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
            steps_per_execution=20,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The percentage of digits of which another class is predicted."""
        return {"error_percent": self.errors(model, self.examples(split))}

    def errors(self, model: keras.Model, examples: Arrays) -> float:
        """The same of these examples."""
        pixels, _ = self.to_batch(examples)
        predicted = model.predict(pixels, batch_size=250, verbose=0).argmax(axis=-1)
        return float(100 * np.mean(predicted != examples["label"]))

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-4, 2e-3, sampling="log"),
            "power": hp.Int("power", 2, 6),
        }

    def figures(self, model: keras.Model) -> Figures:
        """Of each class, the pixels of the four memories that add most to it in a test."""
        patterns = np.asarray(model.memory.patterns)
        pixels, classes = patterns[:, : SIDE**2], patterns[:, SIDE**2 :]
        examples = {name: values[:500] for name, values in self.examples("test").items()}
        overlaps = model.trace(self.to_batch(examples)[0])["overlaps"]
        strength = np.mean(np.maximum(overlaps, 0) ** (self.power - 1), axis=0)
        most = np.argsort(-classes * strength[:, None], axis=0)[:4]
        return {"memories": figures.image_grid(pixels[most], (SIDE, SIDE), range(CLASSES))}
