"""Half a digit, completed by an autoencoder: by what digits are like, not by a stored one.

The other meaning of auto-associative, beside `hopfield_mnist`: from the same cues, a Hopfield
network recalls a digit that it stores, right or not, and an autoencoder the mean of digits
that fit. So it recalls none exactly, and is nearer to a digit that neither was trained on.
"""

from typing import ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...layers import Occlusion
from ...zoo import Autoencoder, figures
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
from ..running.fields import Integers
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .autoencoder_mnist_study import STUDY
from .digits import SIDE, TRAINING, completion, known_points, nearest

TESTED = 10_000  # digits of the training split that are tested
# In TFDS's names; `seen` are digits of the training split.
SPLITS = {"validation": f"train[{TRAINING}:]", "test": "test"}


@recipe_dataclass
class AutoencoderMNIST(Recipe):
    """The autoencoder of [Vincent et al., 2008](https://doi.org/10.1145/1390156.1390294).

    Trained on digits of which some side is hidden; tested, as `hopfield_mnist`, on digits of
    which the lower half is.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("autoencoder_mnist", sizes=(128, 32), hidden_rows=7)
    >>> recipe.model().output_shape  # the points of a digit
    (None, 784)
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(430, description="updates in an epoch")
    batch_size: PositiveInt = Field(128, description="digits in an update")
    learning_rate: PositiveFloat = Field(
        2e-3, allow_inf_nan=False, description="of Adam, at first: it falls as a cosine"
    )

    digits: PositiveInt = Field(TRAINING, le=TRAINING, description="that are trained on")
    hidden_rows: PositiveInt = Field(
        14, le=SIDE, description="of a cue's 28, from below, in validation and test"
    )
    sizes: Integers = Field(
        (256, 256, 64), min_length=1, description="units of the encoder's layers"
    )

    study: ClassVar = STUDY

    def examples(self, split: str) -> Arrays:
        """Digits and cues of them; those to be trained on are their own, to be occluded.

        Raises:
            OSError: MNIST is neither prepared nor to be downloaded.
        """
        among = {
            "train": f"train[:{self.digits}]",
            "seen": f"train[:{min(TESTED, self.digits)}]",
            **SPLITS,
        }
        images = load_public("mnist", among[split])["image"]
        digit = np.reshape(images, (-1, SIDE**2))
        cue = digit if split == "train" else digit * self._known.astype("uint8")
        return {"cue": cue, "digit": digit}

    def to_batch(self, examples: Arrays) -> Batch:
        return tuple(tf.cast(examples[name], "float32") / 255 for name in ("cue", "digit"))

    @property
    def _known(self):
        return known_points(self.hidden_rows)

    def model(self) -> keras.Model:
        model = Autoencoder(
            SIDE**2, self.sizes, corruption=Occlusion((SIDE, SIDE), self.seed)
        )
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile(
            keras.optimizers.Adam(rate),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Of digits of the training split and of others; beside the nearest of the former."""
        metrics = {}
        for kind, digits in (("seen", "seen"), ("unseen", split)):
            cues, whole = map(np.asarray, self.to_batch(self.examples(digits)))
            found = model.predict(cues, batch_size=1000, verbose=0)
            metrics |= completion(found, whole, self._known, kind)
        of_nearest = completion(self._nearest(cues), whole, self._known, "unseen_of_nearest")
        error = "squared_error_hidden_unseen"
        return {
            **metrics,
            f"{error}_of_nearest": of_nearest[f"{error}_of_nearest"],
            f"{error}_to_nearest": metrics[error] / of_nearest[f"{error}_of_nearest"],
        }

    def _nearest(self, cues):
        _, stored = self.to_batch(self.examples("train"))
        return nearest(cues, np.asarray(stored), self._known)

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log"),
            "sizes": (
                hp.Choice("width", [128, 256, 512]),
                hp.Choice("depth", [64, 128, 256]),
                hp.Choice("code", [16, 32, 64, 128]),
            ),
        }

    def figures(self, model: keras.Model) -> Figures:
        """Four digits of the training split, and four others."""
        kinds = [
            {name: array[:4] for name, array in self.examples(split).items()}
            for split in ("seen", "test")
        ]
        both = {name: np.concatenate([kind[name] for kind in kinds]) for name in kinds[0]}
        cues, digits = map(np.asarray, self.to_batch(both))
        columns = {
            "cue": cues,
            "this model": model.trace(cues)["reconstructions"],
            "nearest": self._nearest(cues),
            "original": digits,
        }
        return {
            "completions": figures.recall_strip(
                list(columns.values()),
                (SIDE, SIDE),
                names=["seen"] * 4 + ["unseen"] * 4,
                titles=list(columns),
            )
        }
