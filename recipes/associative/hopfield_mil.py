"""Tiger, fox or elephant: is the animal in one of the segments of an image?

Ten folds, five times: the seed says which fold of which time is left out for the test; the
next one validates.
"""

import functools
from typing import ClassVar, Literal

import keras
import numpy as np
import tensorflow as tf
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from sklearn.metrics import roc_auc_score

from ...zoo import figures
from ..datasets import load
from ..datasets.animal_images.animal_images_dataset_builder import ANIMALS, FEATURES, Builder
from ..running.recipe import recipe_dataclass
from .sets import SetRecipe

FOLDS, TIMES = 10, 5
SOURCE = "Ramsauer et al. 2020, table 1: mean of ten folds, five times"
PUBLISHED = {"tiger": 91.3, "fox": 64.05, "elephant": 94.9}
TARGETS = {"tiger": 85.0, "fox": 60.0, "elephant": 85.0}


@recipe_dataclass
class HopfieldMIL(SetRecipe):
    """Section 3 of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217)."""

    epochs: PositiveInt = Field(8, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(20, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="images in an update")
    weight_decay: NonNegativeFloat = Field(1e-4, description="of AdamW")

    animal: Literal[*ANIMALS] = Field("tiger", description="that is looked for")
    clip: PositiveFloat = Field(
        3.0, allow_inf_nan=False, description="deviations beyond which features are cut"
    )
    num_heads: PositiveInt = Field(8, description="Hopfield networks side by side")
    beta: PositiveFloat = Field(1.0, allow_inf_nan=False, description="sharpness")
    hidden_units: NonNegativeInt = Field(32, description="of a ReLU layer; 0 for none")

    data: ClassVar = f"animal_images {Builder.VERSION} (miproblems.org)"
    monitor: ClassVar = None
    chosen_by: ClassVar = "cross-entropy on the fold that validates"
    item_shape: ClassVar = (FEATURES,)
    study: ClassVar = {
        animal: [{"animal": animal, "seed": seed} for seed in range(FOLDS * TIMES)]
        for animal in ANIMALS
    }

    @property
    def preset(self):
        return f"{self.name}_{self.animal}"

    @property
    def published(self):
        return {"auc_percent_mean": (PUBLISHED[self.animal], SOURCE)}

    @property
    def targets(self):
        """Of the one fold that a run is tested on."""
        return {"auc_percent_one_fold": ("≥", TARGETS[self.animal])}

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
            (here,) = np.nonzero(labels == label)
            folds[random.permutation(here)] = np.arange(len(here)) % FOLDS
        return folds

    def examples(self, split):
        test = self.seed % FOLDS
        is_test, is_validation = (self._folds == fold for fold in (test, (test + 1) % FOLDS))
        chosen = {
            "train": ~(is_test | is_validation),
            "validation": is_validation,
            "test": is_test,
        }
        return {name: array[chosen[split]] for name, array in self._images.items()}

    def represent(self, items):
        return tf.convert_to_tensor(items)

    def embedding(self):
        """A few features are far out, and networks learn them by heart: they are cut."""
        cut = [keras.layers.Rescaling(1 / self.clip), keras.layers.Activation("hard_tanh")]
        return keras.Sequential([*cut, keras.layers.Dense(self.embedding_units, "relu")])

    def evaluate(self, model, split="test"):
        """The area under the ROC curve, of one fold; and the share of right labels."""
        inputs, labels = self.lay_out(self.examples(split))
        negative, positive = model.predict(inputs, verbose=0).T
        area = 100 * float(roc_auc_score(labels, positive - negative))
        return {"auc_percent_one_fold": area, **super().evaluate(model, split)}

    def rank(self, run):
        """The validation loss of the last epoch, which is the one that is kept."""
        return run.history[-1]["val_loss"]

    def study_rows(self, runs):
        """A row for each time through the folds, and one of all times."""
        areas = np.reshape([run.metrics["auc_percent_one_fold"] for run in runs], (-1, FOLDS))
        rows = [{"time": time, **_spread(folds)} for time, folds in enumerate(areas, start=1)]
        return [*rows, {"time": "all", **_spread(areas.mean(axis=1))}]

    def study_text(self, rows):
        return (
            "Each fold is a run of its own. Deviations are those of the ten folds and, of "
            f"all times, of their means. Published: {PUBLISHED[self.animal]} ({SOURCE})."
        )

    def looks(self, model):
        """How much the segments of the images of the test count."""
        weights = self.item_weights(model, self.examples("test"))
        return {"attention_map": figures.attention_map(weights, "segment", "image")}


def _spread(areas):
    return {"AUC in %, mean": float(np.mean(areas)), "deviation": float(np.std(areas))}
