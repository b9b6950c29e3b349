"""Tiger, fox or elephant: is the animal in one of the segments of an image?

Ten folds, five times: the seed says which fold of which times is left out for the test; the
next one validates.
"""

import functools
from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt
from sklearn.metrics import roc_auc_score

from ..zoo import SetClassifier, figures
from .datasets import load
from .datasets.animal_images.animal_images_dataset_builder import ANIMALS, FEATURES, Builder
from .recipe import Recipe, recipe_dataclass

FOLDS, REPEATS = 10, 5
SOURCE = "Ramsauer et al. 2020, table 1"
PUBLISHED = {"tiger": 91.3, "fox": 64.05, "elephant": 94.9}


@recipe_dataclass
class HopfieldMIL(Recipe):
    """Section 3 of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217)."""

    epochs: PositiveInt = Field(40, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(10, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="images in an update")
    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of AdamW")
    weight_decay: NonNegativeFloat = Field(1e-4, description="of AdamW")

    animal: Literal[*ANIMALS] = Field("tiger", description="that is looked for")
    clip: PositiveFloat = Field(3.0, description="deviations beyond which features are cut")
    embedding_units: PositiveInt = Field(64, description="of the ReLU layer for segments")
    num_heads: PositiveInt = Field(8, description="of the pooling")
    key_dim: PositiveInt = Field(16, description="width of a head")
    beta: PositiveFloat = Field(1.0, allow_inf_nan=False, description="sharpness")
    hidden_units: PositiveInt = Field(32, description="of the ReLU layer before the logits")
    dropout: float = Field(0.75, ge=0, lt=1, description="of segments, in what is read")

    data: ClassVar = f"animal_images {Builder.VERSION} (miproblems.org)"
    monitor: ClassVar = None
    loss_label: ClassVar = "cross-entropy in nats"
    study: ClassVar = {
        animal: [{"animal": animal, "seed": seed} for seed in range(FOLDS * REPEATS)]
        for animal in ANIMALS
    }

    @property
    def preset(self):
        return f"{self.name}_{self.animal}"

    @property
    def published(self):
        return {"auc_percent": (PUBLISHED[self.animal], f"{SOURCE}, mean of all folds")}

    @functools.cached_property
    def _folds(self):
        """Of each image the fold that it is in; as many of either label in each."""
        labels = self._images["label"]
        random = np.random.default_rng((2020, self.seed // FOLDS))
        folds = np.empty(len(labels), int)
        for label in (0, 1):
            (here,) = np.nonzero(labels == label)
            folds[random.permutation(here)] = np.arange(len(here)) % FOLDS
        return folds

    @functools.cached_property
    def _images(self):
        (config,) = (c for c in Builder.BUILDER_CONFIGS if c.name == self.animal)
        return load(Builder, config, "train")

    def examples(self, split):
        test = self.seed % FOLDS
        validation = (test + 1) % FOLDS
        chosen = {
            "test": self._folds == test,
            "validation": self._folds == validation,
            "train": (self._folds != test) & (self._folds != validation),
        }
        return {name: array[chosen[split]] for name, array in self._images.items()}

    def lay_out(self, examples):
        return {name: examples[name] for name in ("items", "length")}, examples["label"]

    def model(self):
        embedding = keras.Sequential(
            [
                # A few features are far out, and networks learn them: they are cut.
                keras.layers.Rescaling(1 / self.clip),
                keras.layers.Activation("hard_tanh"),
                keras.layers.Dense(self.embedding_units, "relu"),
            ]
        )
        model = SetClassifier(
            FEATURES,
            embedding=embedding,
            hidden_units=self.hidden_units,
            num_heads=self.num_heads,
            key_dim=self.key_dim,
            beta=self.beta,
            dropout=self.dropout,
        )
        model.compile(
            keras.optimizers.AdamW(
                self.learning_rate, weight_decay=self.weight_decay, global_clipnorm=1.0
            ),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model, split="test"):
        """The area under the ROC curve, of one fold; and the share of right labels."""
        inputs, labels = self.lay_out(self.examples(split))
        negative, positive = np.asarray(model(inputs)).T
        return {
            "auc_percent": 100 * float(roc_auc_score(labels, positive - negative)),
            "accuracy_percent": 100 * float(np.mean((positive > negative) == labels)),
        }

    def rank(self, run):
        """The validation loss of the last epoch, which is kept."""
        return run.history[-1]["val_loss"]

    def study_rows(self, runs):
        """A row for each time through the folds, and their mean."""
        rows = []
        for repeat in range(0, len(runs), FOLDS):
            folds = [run.metrics["auc_percent"] for run in runs[repeat : repeat + FOLDS]]
            rows.append({"time": repeat // FOLDS + 1, **_spread(folds)})
        means = [row["AUC in %, mean"] for row in rows]
        return [*rows, {"time": "mean", **_spread(means)}]

    def study_text(self, rows):
        return (
            "Each fold is a run of its own, of the last epoch. Deviations are those of the "
            "ten folds, and of the means of the times."
        )

    def figures(self, model):
        """Which segments of the images of the test the heads look at, on the mean."""
        inputs, _ = self.lay_out(self.examples("test"))
        weights = model.trace(inputs)["weights"].mean(axis=(1, 2))
        return {"attention_map": figures.attention_map(weights, "segment", "image")}

    def search_space(self, hp):
        return {
            "learning_rate": hp.Float("learning_rate", 1e-4, 3e-3, sampling="log"),
            "embedding_units": hp.Choice("embedding_units", [32, 64, 256]),
            "num_heads": hp.Choice("num_heads", [8, 12, 16]),
            "key_dim": hp.Choice("key_dim", [16, 32, 64]),
            "beta": hp.Choice("beta", [0.1, 1.0, 10.0]),
            "hidden_units": hp.Choice("hidden_units", [32, 64, 128]),
            "dropout": hp.Choice("dropout", [0.0, 0.75]),
        }


def _spread(values):
    """Mean and deviation, as columns."""
    return {
        "AUC in %, mean": float(np.mean(values)),
        "deviation": float(np.std(values)),
    }
