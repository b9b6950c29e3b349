"""The base of recipes that read an image pixel by pixel, and then classify it."""

import abc
from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ..running.argument_types import Arrays, Batch, Fields, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe
from .pixels_study import PAPERS

VALIDATION = 5_000  # images, the last of those for training
METRICS = {
    1: PAPERS,
    2: "accuracy_of_every_2nd_pixel",
    3: "accuracy_of_every_3rd_pixel",
    4: "accuracy_of_every_4th_pixel",
}


@recipe_dataclass
class PixelRecipe(LongSpanRecipe):
    """Images, their pixels from 0 to 1 in a row, and their classes.

    With a `stride` of 2, every second pixel in both directions is read, a quarter of all:
    no longer the paper's task, and its metric has another name.

    A subclass loads the images (`loaded`), and gives the number of those for training and
    the shape of an image.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_permuted_mnist", stride=2)
    >>> recipe.steps
    196
    """

    stride: PositiveInt = Field(1, le=4, description="every how many pixels one is read")

    train_images: ClassVar[int]
    shape: ClassVar[tuple[int, int, int]]

    @property
    def metric(self) -> str:
        """Its name; another one where the task is not the paper's."""
        return METRICS[self.stride]

    @property
    def order(self) -> np.ndarray:
        """The pixels that are read, by their indices in the image, in their order."""
        rows, columns, _ = self.shape
        indices = np.arange(rows * columns).reshape(rows, columns)
        return indices[:: self.stride, :: self.stride].ravel()

    @property
    def steps(self) -> int:
        return len(self.order)

    @property
    def network(self) -> Fields:
        units = {"input_units": self.shape[-1], "output_units": 10}
        return {**units, "task": "classification"}

    @property
    def metrics(self) -> list[Any]:
        return ["accuracy"]

    @abc.abstractmethod
    def loaded(self, part: str) -> Arrays:
        """Arrays `image` and `label` of a split of TFDS, or of part of one."""

    def examples(self, split: str) -> Arrays:
        end = self.train_images - VALIDATION
        parts = {"train": f"train[:{end}]", "validation": f"train[{end}:]", "test": "test"}
        arrays = self.loaded(parts[split])
        return {name: arrays[name] for name in ("image", "label")}

    def to_batch(self, examples: Arrays) -> Batch:
        images = tf.cast(examples["image"], "float32") / 255
        size = tf.shape(images)[0]
        pixels = tf.reshape(images, (size, -1, self.shape[-1]))
        inputs = {
            "vectors": tf.gather(pixels, self.order, axis=1),
            "length": tf.fill((size,), self.steps),
        }
        return inputs, examples["label"]

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of images whose class is predicted."""
        predicted = model.predict(self.dataset(split), verbose=0).argmax(axis=-1)
        is_right = predicted == self.examples(split)["label"]
        return {self.metric: float(np.mean(is_right))}
