"""What recipes share that are shown an image pixel by pixel, and then say what it was."""

import abc
from typing import ClassVar

import numpy as np
import tensorflow as tf
from pydantic import Field, PositiveInt

from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe

KE = "Ke et al. 2018, from memory: an order of magnitude"
VALIDATION = 5_000  # images, the last of those for training
PAPERS = "accuracy"
METRICS = {
    1: PAPERS,
    2: "accuracy_of_every_2nd_pixel",
    3: "accuracy_of_every_3rd_pixel",
    4: "accuracy_of_every_4th_pixel",
}


@recipe_dataclass
class PixelRecipe(LongSpanRecipe):
    """Images, their pixels from 0 to 1 in a row, and what they show.

    With a `stride` of 2, every second pixel in both directions is shown, a quarter of all:
    no longer the paper's task, and its metric has another name.

    A subclass says how images are loaded (`loaded`), the number of those for training, the
    shape of an image, and by `variant` what was published (`figures_of_paper`).
    """

    stride: PositiveInt = Field(1, le=4, description="every how many pixels one is shown")

    chosen_by: ClassVar = "cross-entropy on the validation split"
    train_images: ClassVar[int]
    shape: ClassVar[tuple[int, int, int]]
    figures_of_paper: ClassVar[dict]

    @property
    def published(self):
        figure = self.figures_of_paper.get(self.variant)
        return {PAPERS: (figure, KE)} if figure and self.metric == PAPERS else {}

    @property
    def metric(self):
        """Its name; another one where the task is not the paper's."""
        return METRICS[self.stride]

    @property
    def places(self):
        """Which pixels are shown, by their places in the image, in their order."""
        rows, columns, _ = self.shape
        places = np.arange(rows * columns).reshape(rows, columns)
        return places[:: self.stride, :: self.stride].ravel()

    @property
    def steps(self):
        return len(self.places)

    @property
    def network(self):
        units = {"input_units": self.shape[-1], "output_units": 10}
        return {**units, "task": "classification"}

    @property
    def metrics(self):
        return ["accuracy"]

    @abc.abstractmethod
    def loaded(self, part):
        """Arrays `image` and `label` of a split of TFDS, or of part of one."""

    def examples(self, split):
        kept = self.train_images - VALIDATION
        parts = {"train": f"train[:{kept}]", "validation": f"train[{kept}:]", "test": "test"}
        arrays = self.loaded(parts[split])
        return {name: arrays[name] for name in ("image", "label")}

    def lay_out(self, examples):
        images = tf.cast(examples["image"], "float32") / 255
        size = tf.shape(images)[0]
        pixels = tf.reshape(images, (size, -1, self.shape[-1]))
        shown = tf.gather(pixels, self.places, axis=1)
        return {"vectors": shown, "length": tf.fill((size,), self.steps)}, examples["label"]

    def evaluate(self, model, split="test"):
        """The share of images that are given their label."""
        said = model.predict(self.dataset(split), verbose=0).argmax(axis=-1)
        right = said == self.examples(split)["label"]
        return {self.metric: float(np.mean(right))}
