"""Multiple instance learning: is a tiger, fox or elephant in a segment of an image?

Ten folds, five times: the seed is the number of the fold that is left out for the test; the
next one validates.
"""

import functools
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from sklearn.metrics import roc_auc_score

from ...zoo import figures
from ..datasets import load
from ..datasets.animal_images import ANIMALS, FEATURES, Builder
from ..running.argument_types import Arrays, Figures, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .hopfield_mil_study import FOLDS, STUDY
from .sets import SetRecipe


@recipe_dataclass
class HopfieldMIL(SetRecipe):
    """Section 3 of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217)."""

    epochs: PositiveInt = Field(8, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(20, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="images in an update")
    weight_decay: NonNegativeFloat = Field(1e-4, description="of AdamW")

    animal: Literal[*ANIMALS] = Field("tiger", description="that the label is about")
    clip: PositiveFloat = Field(
        3.0, allow_inf_nan=False, description="deviations beyond which features are cut"
    )
    num_heads: PositiveInt = Field(8, description="Hopfield networks in parallel")
    beta: PositiveFloat = Field(1.0, allow_inf_nan=False, description="sharpness")
    hidden_units: NonNegativeInt = Field(32, description="of a ReLU layer; 0 for none")

    monitor: ClassVar = None
    item_shape: ClassVar = (FEATURES,)
    study: ClassVar = STUDY

    @functools.cached_property
    def _images(self):
        (config,) = (c for c in Builder.BUILDER_CONFIGS if c.name == self.animal)
        return load(Builder, config, "train")

    @functools.cached_property
    def _folds(self):
        """Of each image the fold that it is in; each has as many of either label."""
        labels = self._images["label"]
        random = np.random.default_rng((2020, self.seed // FOLDS))
        folds = np.empty(len(labels), int)
        for label in (0, 1):
            (indices,) = np.nonzero(labels == label)
            folds[random.permutation(indices)] = np.arange(len(indices)) % FOLDS
        return folds

    def examples(self, split: str) -> Arrays:
        test = self.seed % FOLDS
        is_test, is_validation = (self._folds == fold for fold in (test, (test + 1) % FOLDS))
        chosen = {
            "train": ~(is_test | is_validation),
            "validation": is_validation,
            "test": is_test,
        }
        return {name: array[chosen[split]] for name, array in self._images.items()}

    def represent(self, items: Any) -> Any:
        return tf.convert_to_tensor(items)

    def embedding(self) -> keras.layers.Layer | None:
        """A few features are outliers, to which networks overfit: they are cut."""
        cut = [keras.layers.Rescaling(1 / self.clip), keras.layers.Activation("hard_tanh")]
        return keras.Sequential([*cut, keras.layers.Dense(self.embedding_units, "relu")])

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The area under the ROC curve, of one fold; and the fraction of right labels."""
        area = self.area(model, self.examples(split))
        return {"auc_percent_one_fold": area, **super().evaluate(model, split)}

    def area(self, model: keras.Model, examples: Arrays) -> float:
        """The area under the ROC curve, in percent."""
        inputs, labels = self.to_batch(examples)
        negative, positive = model.predict(inputs, verbose=0).T
        return 100 * float(roc_auc_score(labels, positive - negative))

    def figures_of_weights(self, model: keras.Model) -> Figures:
        """How much the segments of the images of the test count."""
        weights = self.item_weights(model, self.examples("test"))
        return {"attention_map": figures.attention_map(weights, "segment", "image")}
