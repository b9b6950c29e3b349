"""The base of recipes that train a set classifier on labels of whole sets."""

import abc
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from sklearn.metrics import roc_auc_score

from ...zoo import SetClassifier
from ...zoo.associative.set_classifier import READINGS
from ..running.argument_types import (
    Arrays,
    Batch,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.batches import evaluation_batches
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .sets_study import set_study

# From a recipe to what its reading takes besides what all Hopfield networks take.
ARGUMENTS = {
    "association": lambda recipe: recipe.hopfield,
    "lookup": lambda recipe: {**recipe.hopfield, "slots": recipe.slots},
    "lstm": lambda recipe: {
        "units": recipe.units,
        "unit_forget_bias": recipe.unit_forget_bias,
    },
    "pooling": lambda recipe: {**recipe.hopfield, "quantity": recipe.quantity},
}


@recipe_dataclass
class SetRecipe(Recipe):
    """Sets and their labels, and a `zoo.SetClassifier` that is trained on them.

    A subclass has examples of `items` and `label`, and of `length` where sets differ in size;
    it gives an item's representation for the network (`item_shape`, `represent`).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_latch_sequence", reading="association", updates=3)
    >>> recipe.item_shape
    (20,)
    """

    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of AdamW")
    weight_decay: NonNegativeFloat = Field(4e-3, allow_inf_nan=False, description="of AdamW")

    reading: Literal[*READINGS] = Field(
        "pooling", description="how a set is read: by a Hopfield network, or the baseline"
    )
    embedding_units: NonNegativeInt = Field(64, description="of items; 0 for no embedding")
    num_heads: PositiveInt = Field(4, description="Hopfield networks in parallel")
    key_dim: PositiveInt = Field(16, description="width of a head's patterns")
    beta: PositiveFloat = Field(0.25, allow_inf_nan=False, description="sharpness")
    updates: PositiveInt = Field(1, description="of a cue")
    dropout: NonNegativeFloat = Field(0.0, lt=1, description="of weights, in training")
    quantity: PositiveInt = Field(1, description="cues that pooling learns")
    slots: PositiveInt = Field(16, description="patterns that a lookup learns")
    hidden_units: NonNegativeInt = Field(0, description="of a ReLU layer; 0 for none")
    units: PositiveInt = Field(4, description="of the LSTM")
    unit_forget_bias: bool = Field(True, description="the LSTM keeps its state at first")

    # Names of the classes; without, there are two.
    labels: ClassVar[Sequence[str]] = ()
    layouts: ClassVar = SetClassifier.layouts
    study: ClassVar = set_study()

    @property
    @abc.abstractmethod
    def item_shape(self) -> tuple[int, ...]:
        """Of an item, as the network takes it."""

    @abc.abstractmethod
    def represent(self, items: Any) -> Any:
        """Items `(batch, items, *item_shape)` as the network takes them, float32."""

    def relevant(self, examples: Arrays) -> Any:
        """Which items the label depends on, booleans `(sets, items)`; `None` if unknown."""

    def embedding(self) -> keras.layers.Layer | None:
        """A layer for single items, or none."""
        if not self.embedding_units:
            return None
        return keras.Sequential([keras.layers.Dense(self.embedding_units, "relu")])

    @property
    def hopfield(self) -> Fields:
        """Arguments that all Hopfield networks take."""
        fields = "num_heads", "key_dim", "beta", "updates", "dropout"
        return {field: getattr(self, field) for field in fields}

    def to_batch(self, examples: Arrays) -> Batch:
        items = self.represent(examples["items"])
        size = tf.shape(items)
        length = examples.get("length", tf.fill(size[:1], size[1]))
        return {"items": items, "length": tf.cast(length, "int32")}, examples["label"]

    def model(self) -> keras.Model:
        model = SetClassifier(
            self.item_shape,
            classes=len(self.labels) or 2,
            reading=self.reading,
            embedding=self.embedding(),
            hidden_units=self.hidden_units,
            labels=self.labels,
            **ARGUMENTS[self.reading](self),
        )
        model.compile(
            keras.optimizers.AdamW(
                self.learning_rate, weight_decay=self.weight_decay, global_clipnorm=1.0
            ),
            loss=model.loss,
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
            steps_per_execution=8,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of sets whose label is predicted."""
        examples = self._source(split)
        sets = evaluation_batches(examples, self.to_batch, batch_size=250)
        predicted = model.predict(sets, verbose=0).argmax(axis=-1)
        return {"accuracy": float(np.mean(predicted == examples["label"]))}

    def area(self, model: keras.Model, examples: Arrays) -> float:
        """The area under the ROC curve of two classes, in percent."""
        sets = evaluation_batches(examples, self.to_batch, batch_size=250)
        negative, positive = model.predict(sets, verbose=0).T
        return 100 * float(roc_auc_score(examples["label"], positive - negative))

    def figures(self, model: keras.Model) -> Figures:
        return {} if self.reading == "lstm" else self.figures_of_weights(model)

    @abc.abstractmethod
    def figures_of_weights(self, model: keras.Model) -> Figures:
        """Figures of what the Hopfield network attends to, by name."""

    def item_weights(self, model: keras.Model, examples: Arrays) -> np.ndarray:
        """How much each item counts, `(sets, items)`; of heads and cues, the mean."""
        parts = []
        for inputs, _ in evaluation_batches(examples, self.to_batch, batch_size=250):
            trace = model.trace(inputs)
            parts.append(trace.get("items", trace["weights"].mean(axis=(1, 2))))
        return np.concatenate(parts)

    def search_space(self, hp: HyperParameters) -> Fields:
        space = {"learning_rate": hp.Float("learning_rate", 5e-4, 1e-2, sampling="log")}
        if self.reading == "lstm":
            return {**space, "units": hp.Choice("units", [4, 8, 16, 32])}
        return space | {
            "num_heads": hp.Choice("num_heads", [1, 4, 8]),
            "key_dim": hp.Choice("key_dim", [8, 16, 32]),
            "beta": hp.Float("beta", 0.1, 4.0, sampling="log"),
            "updates": hp.Int("updates", 1, 3),
            "dropout": hp.Choice("dropout", [0.0, 0.25, 0.5]),
        }
