"""Bags of digits: a Hopfield network finds the nines, from labels of whole bags."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from ...zoo import figures
from ..datasets import load_public
from ..running.argument_types import Arrays, Figures
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .hopfield_mnist_bags_study import STUDY
from .sets import SetRecipe

SIDE = 28
# A split samples from (SEED, its bags, its number).
SEED = 2018_0213
# Of each split: the images that bags are sampled from, which no other split has.
IMAGES = {"train": "train[:50000]", "validation": "train[50000:]", "test": "test"}


@recipe_dataclass
class HopfieldMNISTBags(SetRecipe):
    """The bags of [Ilse et al., 2018](https://arxiv.org/abs/1802.04712), section 4.2.

    Read by Hopfield pooling, as in [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_mnist_bags", digit=3, train_bags=50)
    >>> recipe.model().output_shape  # whether there is a three
    (None, 2)
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(200, description="updates in an epoch")
    batch_size: PositiveInt = Field(1, description="bags in an update")
    learning_rate: PositiveFloat = Field(5e-4, allow_inf_nan=False, description="of AdamW")
    weight_decay: NonNegativeFloat = Field(1e-4, description="of AdamW")

    # XLA cannot shift images, and of so small a batch its convolutions save nothing.
    jit_compile: bool = Field(False, description="compile the training step with XLA")

    train_bags: PositiveInt = Field(200, description="bags for training")
    validation_bags: PositiveInt = Field(100, description="bags for validation")
    test_bags: PositiveInt = Field(1000, description="bags to be tested on")
    length_mean: PositiveFloat = Field(10.0, le=100, description="digits in a bag")
    length_deviation: NonNegativeFloat = Field(2.0, le=20, description="of their number")
    digit: int = Field(9, ge=0, le=9, description="that makes a bag positive")

    # Against overfitting to two hundred bags: images are shifted anew each time.
    shift: NonNegativeFloat = Field(0.07, lt=1, description="of images in training, at most")
    embedding_units: PositiveInt = Field(500, description="of an image")
    num_heads: PositiveInt = Field(1, description="Hopfield networks in parallel")
    key_dim: PositiveInt = Field(32, description="width of a head's patterns")
    beta: PositiveFloat = Field(32**-0.5, allow_inf_nan=False, description="sharpness")

    # As in the published runs; the cross-entropy rises long before the accuracy falls.
    monitor: ClassVar = None
    study: ClassVar = STUDY

    def pool(self, split: str) -> Arrays:
        """Digits that bags are sampled from."""
        return load_public("mnist", IMAGES[split])

    def examples(self, split: str) -> Arrays:
        """Bags, padded with black images, and which of their images are of the digit."""
        pool = self.pool(split)
        size = getattr(self, f"{split}_bags")
        random = np.random.default_rng((SEED, size, list(IMAGES).index(split)))
        length = random.normal(self.length_mean, self.length_deviation, size)
        length = np.maximum(1, length.astype("int32"))
        item_mask = np.arange(length.max()) < length[:, None]
        chosen = random.integers(0, len(pool["image"]), item_mask.shape)
        is_relevant = item_mask & (pool["label"][chosen] == self.digit)
        return {
            "items": np.where(item_mask[..., None, None, None], pool["image"][chosen], 0),
            "length": length,
            "label": is_relevant.any(axis=1).astype("int32"),
            "is_relevant": is_relevant,
        }

    @property
    def item_shape(self) -> tuple[int, ...]:
        return SIDE, SIDE, 1

    def represent(self, items: Any) -> Any:
        return tf.cast(items, "float32") / 255

    def embedding(self) -> keras.layers.Layer | None:
        """The convolutions of Ilse et al., after LeCun et al., 1998."""
        return keras.Sequential(
            [
                keras.layers.RandomTranslation(self.shift, self.shift, fill_mode="constant"),
                keras.layers.Conv2D(20, 5, activation="relu"),
                keras.layers.MaxPooling2D(),
                keras.layers.Conv2D(50, 5, activation="relu"),
                keras.layers.MaxPooling2D(),
                keras.layers.Flatten(),
                keras.layers.Dense(self.embedding_units, "relu"),
            ]
        )

    def relevant(self, examples: Arrays) -> Any:
        return examples["is_relevant"]

    def figures_of_weights(self, model: keras.Model) -> Figures:
        """Three bags with the digit and three without, and the weights of what is in them."""
        examples = self.examples("test")
        rows = [np.flatnonzero(examples["label"] == label)[:3] for label in (1, 0)]
        rows = np.concatenate(rows)
        examples = {name: array[rows] for name, array in examples.items()}
        inputs, labels = self.to_batch(examples)
        found = keras.ops.softmax(model.predict(inputs, verbose=0))[:, 1]
        weights = self.item_weights(model, examples)
        lengths = examples["length"]
        bags = [
            (images[:n, ..., 0], row[:n])
            for images, row, n in zip(examples["items"], weights, lengths, strict=True)
        ]
        titles = [
            f"holds {'a' if label else 'no'} {self.digit}; probability of one: {p:.2f}"
            for label, p in zip(labels, np.asarray(found), strict=True)
        ]
        return {"bags": figures.image_attention(bags, titles)}
